// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Fixtures;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Out;
import io.rhizome.gossip.Sender;
import io.rhizome.gossip.Swim;
import io.rhizome.gossip.SwimEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * What a few members say to each other while one loads models, one dies and one leaves, and what
 * many joiners ask: packets of every kind, as bytes before they are sealed.
 */
final class SmallMesh {
  private static final int MEMBERS = 6;
  private static final int JOINERS = 1_500;
  private static final int SECONDS = 60;
  private static final long STEP_NANOS = 100_000_000;
  private static final int DYING = 5;
  private static final int LEAVING = 6;

  private final List<byte[]> packets = new ArrayList<>();
  private final Deque<Runnable> underWay = new ArrayDeque<>();
  private final List<Swim> members = new ArrayList<>();
  private long now;

  /** The same for the same seed. */
  static List<byte[]> packets(long seed) {
    SmallMesh mesh = new SmallMesh();
    mesh.live(seed);
    mesh.join(seed);
    return mesh.packets;
  }

  private void live(long seed) {
    for (int node = 1; node <= MEMBERS; node++) {
      members.add(swim(node, seed));
      members.get(node - 1).join(0, List.of(Fixtures.endpoint(1)));
    }
    for (; now < SECONDS * 1_000_000_000L; now += STEP_NANOS) {
      long second = now / 1_000_000_000;
      if (now == 20_000_000_000L) {
        members.get(1).publish(now, Fixtures.state(2, 40));
      } else if (now == 40_000_000_000L) {
        members.get(LEAVING - 1).leave(now, new Wire(LEAVING));
      }
      for (int node = 1; node <= MEMBERS; node++) {
        if (runs(node, second)) {
          members.get(node - 1).onTick(now, new Wire(node));
        }
      }
      while (!underWay.isEmpty()) {
        underWay.removeFirst().run();
      }
    }
  }

  private static boolean runs(int node, long second) {
    return node != DYING || second < 25;
  }

  private void join(long seed) {
    for (int node = MEMBERS + 1; node <= MEMBERS + JOINERS; node++) {
      Swim joiner = swim(node, seed);
      joiner.join(now, List.of(Fixtures.endpoint(1)));
      joiner.onTick(now, new Wire(node));
    }
  }

  private static Swim swim(int node, long seed) {
    return new Swim(
        0,
        Fixtures.id(node),
        1,
        Fixtures.state(node, 2),
        GossipConfig.defaults(),
        Fixtures.authority(node),
        new Random(seed + node));
  }

  private final class Wire implements Out {
    private final int from;

    Wire(int from) {
      this.from = from;
    }

    @Override
    public void send(Endpoint to, List<Message> packet) {
      pass(to, packet, Sender.Link.DATAGRAM);
    }

    @Override
    public void stream(NodeId to, Endpoint at, List<Message> packet) {
      pass(at, packet, Sender.Link.STREAM);
    }

    @Override
    public void streamToSeed(Endpoint at, List<Message> packet) {
      pass(at, packet, Sender.Link.STREAM);
    }

    private void pass(Endpoint to, List<Message> packet, Sender.Link link) {
      packets.add(GossipCodec.encode(packet));
      int node = Integer.parseInt(to.host().substring(1));
      if (from <= MEMBERS && node <= MEMBERS && runs(node, now / 1_000_000_000)) {
        Sender sender = new Sender(Fixtures.id(from), Fixtures.endpoint(from), link);
        underWay.add(() -> members.get(node - 1).onPacket(now, sender, packet, new Wire(node)));
      }
    }

    @Override
    public void happened(SwimEvent event) {}
  }
}
