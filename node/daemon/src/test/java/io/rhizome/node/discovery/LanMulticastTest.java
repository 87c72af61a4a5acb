// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.discovery;

import static io.rhizome.node.GossipMembers.state;
import static org.junit.jupiter.api.Assumptions.abort;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.transport.GossipLoop;
import io.rhizome.gossip.transport.NoStreams;
import io.rhizome.node.GossipMembers;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes that gossip on real sockets, and real multicast where this machine has it. */
class LanMulticastTest {
  private static final String GROUP = "224.0.0.251";
  private static final int PATIENCE_MILLIS = 2_000;

  @TempDir Path dir;
  private final List<LanDiscovery> discoveries = new ArrayList<>();
  private GossipMembers nodes;

  @BeforeEach
  void makeTwo() throws Exception {
    nodes = new GossipMembers(dir, 2);
  }

  @AfterEach
  void closeAll() {
    discoveries.forEach(LanDiscovery::close);
    nodes.close();
  }

  @Test
  void twoNodesWithoutSeedsFindEachOther() throws Exception {
    String host = addressWithMulticast();
    Endpoint first = new Endpoint(host, GossipMembers.freePort(host));
    Endpoint second = new Endpoint(host, GossipMembers.freePort(host));
    GossipLoop one = start(0, first, List.of(), new JmdnsMulticast());
    GossipLoop two = start(1, second, List.of(), new JmdnsMulticast());
    awaitMeeting(one, first, two, second);
  }

  @Test
  void whereMulticastIsBlockedTheyMeetThroughTheSeed() throws Exception {
    Multicast blocked =
        (mesh, node, at, port, listener) -> {
          throw new IOException("Operation not permitted");
        };
    Endpoint first = new Endpoint("127.0.0.1", GossipMembers.freePort("127.0.0.1"));
    Endpoint second = new Endpoint("127.0.0.1", GossipMembers.freePort("127.0.0.1"));
    GossipLoop one = start(0, first, List.of(), blocked);
    GossipLoop two = start(1, second, List.of(first), blocked);
    awaitMeeting(one, first, two, second);
  }

  private GossipLoop start(int node, Endpoint at, List<Endpoint> seeds, Multicast multicast)
      throws IOException {
    GossipLoop loop = nodes.start(node, at, state(at, "here"), seeds, new NoStreams());
    String mesh = nodes.id(0).toString();
    LanDiscovery discovery =
        new LanDiscovery(multicast, mesh, nodes.id(node).toString(), seeds, loop::seeds);
    discoveries.add(discovery);
    discovery.at(at);
    return loop;
  }

  private void awaitMeeting(GossipLoop one, Endpoint first, GossipLoop two, Endpoint second) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> nodes.sees(one, 1, second, "here") && nodes.sees(two, 0, first, "here"));
  }

  /** An address of this machine from which what is sent to a group comes back. */
  private static String addressWithMulticast() {
    InetAddress here = new SystemInterfaces().routed(false);
    if (here == null) {
      return abort("no network here to find nodes on");
    }
    try (MulticastSocket socket = new MulticastSocket(new InetSocketAddress(0))) {
      NetworkInterface network = NetworkInterface.getByInetAddress(here);
      InetSocketAddress group = new InetSocketAddress(GROUP, socket.getLocalPort());
      socket.setNetworkInterface(network);
      socket.joinGroup(group, network);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.send(new DatagramPacket(new byte[] {1}, 1, group));
      socket.receive(new DatagramPacket(new byte[1], 1));
      return here.getHostAddress();
    } catch (IOException e) {
      return abort("no multicast from %s: %s".formatted(here.getHostAddress(), e.getMessage()));
    }
  }
}
