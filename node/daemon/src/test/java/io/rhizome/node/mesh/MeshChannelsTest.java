// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.ForwardServiceGrpc;
import io.rhizome.mesh.v1.GetLoadRequest;
import io.rhizome.mesh.v1.GetLoadResponse;
import io.rhizome.node.GossipMembers;
import io.rhizome.node.identity.MeshTls;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real connections on loopback. */
class MeshChannelsTest {
  @TempDir Path dir;

  @Test
  void whatWaitsForAConnectionThatIsNeverMadeEndsAndTheNextIsAnother() throws Exception {
    try (EventLoops loops = new EventLoops(1);
        GossipMembers nodes = new GossipMembers(dir, 2);
        ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      MembershipView view = with(nodes, new Endpoint("127.0.0.1", mute.getLocalPort()));
      MeshTls tls = new MeshTls(nodes.identity(0), nodes.admitted());
      try (MeshChannels channels = new MeshChannels(loops, tls, () -> view, 1 << 20)) {
        ManagedChannel first = Objects.requireNonNull(channels.to(nodes.id(1)));

        ListenableFuture<GetLoadResponse> waiting =
            ForwardServiceGrpc.newFutureStub(first).getLoad(GetLoadRequest.getDefaultInstance());

        assertThatThrownBy(() -> waiting.get(30, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .extracting(e -> Status.fromThrowable(e).getCode())
            .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(channels.to(nodes.id(1))).isNotNull().isNotSameAs(first);
      }
    }
  }

  private static MembershipView with(GossipMembers nodes, Endpoint peer) {
    TreeMap<NodeId, Member> members = new TreeMap<>();
    members.put(
        nodes.id(1),
        new Member(
            nodes.id(1),
            Member.Status.ALIVE,
            1L << 32,
            GossipMembers.state(peer, "mute"),
            1_000_000));
    return new MembershipView(nodes.id(0), 1, members);
  }
}
