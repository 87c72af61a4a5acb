// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.rhizome.gossip.Member;
import io.rhizome.mesh.v1.GetPartResponse;
import io.rhizome.mesh.v1.SiteGroup;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.ignite.Neighbour;
import io.rhizome.node.protocol.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Between messages and what nodes say of sites and jobs. */
final class SiteMessages {
  private static final int MAX_PORT = 65_535;

  private static final String SITE = "site";

  private SiteMessages() {}

  /** The site that a member says it is of; empty where it says none. */
  static String site(Member member) {
    return member.state().labels().getOrDefault(SITE, "");
  }

  static byte[] toBytes(Job job) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    job.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** Reads what {@link #toBytes} wrote; {@link IllegalArgumentException} where it is no job. */
  static Job job(byte[] bytes) throws IOException {
    return Job.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  static GetPartResponse toMessage(Neighbour.Part part) {
    GetPartResponse.Builder message =
        GetPartResponse.newBuilder()
            .setHost(part.store().getHostString())
            .setPort(part.store().getPort())
            .setUsed(part.used());
    part.group()
        .ifPresent(
            group ->
                message.setGroup(
                    SiteGroup.newBuilder()
                        .setLead(group.lead())
                        .setNodes(group.nodes())
                        .setWrites(group.writes())));
    return message.build();
  }

  static Neighbour.Part fromMessage(GetPartResponse message) throws MalformedException {
    if (message.getPort() < 1 || message.getPort() > MAX_PORT || message.getHost().isEmpty()) {
      throw new MalformedException("a store at " + message.getHost() + ":" + message.getPort());
    }
    SiteGroup group = message.getGroup();
    return new Neighbour.Part(
        InetSocketAddress.createUnresolved(message.getHost(), message.getPort()),
        message.getUsed(),
        message.hasGroup()
            ? Optional.of(new Neighbour.Group(group.getLead(), group.getNodes(), group.getWrites()))
            : Optional.empty());
  }
}
