// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.rhizome.mesh.v1.GetPartResponse;
import io.rhizome.mesh.v1.SiteGroup;
import io.rhizome.node.jobs.ignite.Neighbour;
import io.rhizome.node.protocol.MalformedException;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Between messages and what a node says of its part in its site. */
final class SiteMessages {
  private static final int MAX_PORT = 65_535;

  private SiteMessages() {}

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
