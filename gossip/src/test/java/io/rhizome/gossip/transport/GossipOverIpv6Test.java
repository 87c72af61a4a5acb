// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Fixtures;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.NodeState;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real sockets; passed over where the machine has no IPv6. */
class GossipOverIpv6Test {
  private static final Bytes KEY = Bytes.of(new byte[PacketSeal.KEY_BYTES]);

  private final List<GossipLoop> loops = new ArrayList<>();

  @AfterEach
  void closeAll() {
    loops.forEach(GossipLoop::close);
  }

  @Test
  void twoNodesMeetOverIpv6() throws Exception {
    int port = freePort("::1");
    start(1, "::1", new Endpoint("::1", port), List.of());
    Endpoint seed = Endpoint.parse("[::1]:" + port);
    start(2, "::1", new Endpoint("::1", freePort("::1")), List.of(seed));
    awaitAllMeet();
  }

  /** Bound to every address, a node hears both families; a name of both is tried at both. */
  @Test
  void nodesOfEitherFamilyMeetThroughOneOfBoth() throws Exception {
    int port = freePort("::");
    start(1, "::", new Endpoint("localhost", port), List.of());
    Endpoint other = new Endpoint("127.0.0.1", freePort("127.0.0.1"));
    start(2, "127.0.0.1", other, List.of(new Endpoint("127.0.0.1", port)));
    Endpoint third = new Endpoint("::1", freePort("::1"));
    start(3, "::1", third, List.of(Endpoint.parse("[::1]:" + port)));
    await(0, 3);
  }

  private void start(int node, String bind, Endpoint at, List<Endpoint> seeds) throws IOException {
    NodeState state = new NodeState(at, at, "", new TreeMap<>(), List.of());
    loops.add(
        GossipLoop.start(
            new GossipLoop.Settings(
                Fixtures.id(node),
                new Endpoint(bind, at.port()),
                GossipConfig.defaults(),
                KEY,
                Fixtures.authority(node),
                1,
                state,
                seeds,
                new Random(node),
                "mesh",
                new NoStreams(),
                event -> {})));
  }

  private void awaitAllMeet() {
    for (int i = 0; i < loops.size(); i++) {
      await(i, loops.size());
    }
  }

  private void await(int loop, int members) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                loops.get(loop).view().members().values().stream()
                        .filter(member -> member.status().usable())
                        .count()
                    == members);
  }

  private static int freePort(String host) throws IOException {
    try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getByName(host))) {
      return probe.getLocalPort();
    } catch (SocketException e) {
      assumeTrue(false, "no IPv6 here: " + e.getMessage());
      throw e;
    }
  }
}
