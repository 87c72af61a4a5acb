// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Reachability;
import io.rhizome.gossip.transport.GossipLoop;
import io.rhizome.gossip.transport.NoStreams;
import io.rhizome.node.config.NodeConfig;
import io.rhizome.node.discovery.Interfaces;
import io.rhizome.node.discovery.OwnAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets on loopback, all of whose addresses a machine has. */
class PresenceTest {
  private static final String OLD = "127.0.0.2";
  private static final String NEW = "127.0.0.3";

  @TempDir Path dir;

  /** A machine whose lease the test changes. */
  private static final class Leased implements Interfaces {
    private volatile String literal = OLD;

    @Override
    public @Nullable InetAddress routed(boolean ipv6) {
      try {
        return ipv6 ? null : InetAddress.getByName(literal);
      } catch (UnknownHostException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public List<InetAddress> all() {
      return List.of();
    }
  }

  @Test
  void saysItsAddressesItsCellAndItsLabels() throws Exception {
    try (OwnAddress address = new OwnAddress(new Leased(), false)) {
      SortedMap<String, String> labels = labels();
      assertThat(new Presence(config(7700), address, labels).state())
          .isEqualTo(
              new NodeState(
                  new Endpoint(OLD, 7700), new Endpoint(OLD, 8001), "hall-1", labels, List.of()));
    }
  }

  /** Only at the new address anything listens: so was the old one lost. */
  @Test
  void whenItsAddressChangesTheOthersFollowWithoutARestart() throws Exception {
    Leased machine = new Leased();
    int port = GossipMembers.freePort(NEW);
    Endpoint there = new Endpoint("127.0.0.1", GossipMembers.freePort("127.0.0.1"));
    try (GossipMembers nodes = new GossipMembers(dir, 2);
        OwnAddress address = new OwnAddress(machine, false)) {
      GossipLoop other =
          nodes.start(1, there, GossipMembers.state(there, "x"), List.of(), new NoStreams());
      Presence presence = new Presence(config(port), address, labels());
      GossipLoop moving =
          nodes.start(
              0, new Endpoint(NEW, port), presence.state(), List.of(there), new NoStreams());
      presence.tell(moving, null);
      await(() -> isAt(other, nodes, OLD));
      await(() -> other.view().reachability(nodes.id(0)).equals(Reachability.NONE));

      machine.literal = NEW;
      await(() -> isAt(other, nodes, NEW));
      await(() -> other.view().reachability(nodes.id(0)).equals(Reachability.DIRECT));
      Member moved = other.view().member(nodes.id(0)).orElseThrow();
      assertThat(moved.state().mesh()).isEqualTo(new Endpoint(NEW, port));
      assertThat(moved.state().api()).isEqualTo(new Endpoint(NEW, 8001));
      assertThat(moved.incarnation() >>> 32).as("the life that it began with").isEqualTo(1);
      assertThat(moved.status().usable()).isTrue();
    }
  }

  private static boolean isAt(GossipLoop loop, GossipMembers nodes, String host) {
    return loop.view()
        .member(nodes.id(0))
        .filter(member -> member.state().mesh().host().equals(host))
        .isPresent();
  }

  private NodeConfig config(int meshPort) throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("rhizome.yaml"),
            "mesh: {bind: 0.0.0.0, port: %d, cell: hall-1}\napi: {bind: 0.0.0.0}\n"
                .formatted(meshPort));
    return NodeConfig.load(file, new TreeMap<>(), new TreeMap<>());
  }

  private static SortedMap<String, String> labels() {
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("name", "n0");
    return labels;
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }
}
