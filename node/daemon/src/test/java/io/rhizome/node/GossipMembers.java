// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.gossip.transport.GossipLoop;
import io.rhizome.gossip.transport.PacketSeal;
import io.rhizome.gossip.transport.Streams;
import io.rhizome.node.identity.Admits;
import io.rhizome.node.identity.Admitted;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.identity.Signing;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Nodes of one mesh that gossip on real sockets and do nothing else, numbered from 0. */
public final class GossipMembers implements AutoCloseable {
  /** Probes three times as often as a node does, and leaves the accused as much time. */
  private static final GossipConfig QUICK =
      new GossipConfig(
          300,
          150,
          2,
          6,
          50,
          3,
          100,
          4,
          1_000,
          1_000,
          60_000,
          200,
          2_000,
          64,
          GossipConfig.Lifeguard.ON);

  private static final Bytes KEY = Bytes.of(new byte[PacketSeal.KEY_BYTES]);

  private final List<Identity> identities = new ArrayList<>();
  private final List<GossipLoop> loops = new ArrayList<>();
  private final List<SwimEvent> events = new CopyOnWriteArrayList<>();
  private final Admitted admitted;

  /** That many, all admitted, their keys in that directory; none gossips yet. */
  public GossipMembers(Path dir, int nodes) throws IOException {
    List<Roster.Entry> entries = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      Identity identity = Identity.loadOrCreate(dir.resolve(node + ".key"));
      identities.add(identity);
      entries.add(Roster.Entry.of("n" + node, identity, new TreeMap<>()));
    }
    admitted = Admits.of(new Roster(entries, List.of()));
  }

  public Identity identity(int node) {
    return identities.get(node);
  }

  public NodeId id(int node) {
    return identities.get(node).nodeId();
  }

  public Admitted admitted() {
    return admitted;
  }

  /** Lets a node gossip from a UDP socket that is bound there. */
  public GossipLoop start(
      int node, Endpoint bind, NodeState state, List<Endpoint> seeds, Streams streams)
      throws IOException {
    GossipLoop loop =
        GossipLoop.start(
            new GossipLoop.Settings(
                id(node),
                bind,
                QUICK,
                KEY,
                new Signing(identities.get(node), admitted),
                1,
                state,
                seeds,
                new Random(node),
                "test",
                streams,
                events::add));
    loops.add(loop);
    return loop;
  }

  /** A node without models that says one word of itself. */
  public static NodeState state(Endpoint at, String word) {
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("word", word);
    return new NodeState(at, at, "", labels, List.of());
  }

  /** Whether a node has another in use, at that address and saying that word. */
  public boolean sees(GossipLoop loop, int node, Endpoint at, String word) {
    return loop.view()
        .member(id(node))
        .filter(member -> member.status().usable())
        .filter(member -> member.state().equals(state(at, word)))
        .isPresent();
  }

  /** All that any of them noticed of that kind. */
  public <T extends SwimEvent> List<T> noticed(Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** A port at which nothing listened just now, over TCP or UDP. */
  public static int freePort(String host) throws IOException {
    InetAddress address = InetAddress.getByName(host);
    try (ServerSocket tcp = new ServerSocket(0, 1, address);
        DatagramSocket udp = new DatagramSocket(tcp.getLocalPort(), address)) {
      return udp.getLocalPort();
    }
  }

  @Override
  public void close() {
    loops.forEach(GossipLoop::close);
  }
}
