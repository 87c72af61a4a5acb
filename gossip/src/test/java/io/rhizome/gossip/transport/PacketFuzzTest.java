// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Fixtures;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Out;
import io.rhizome.gossip.Sender;
import io.rhizome.gossip.Swim;
import io.rhizome.gossip.SwimEvent;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Bad packets on their way in: random bytes, and those of a small mesh and of many joiners with
 * bits flipped, cut, spliced, repeated and overwritten, as datagrams from strangers, and sealed by
 * a member. {@code -Drhizome.fuzz.packets=10000000} for a long run, {@code -Drhizome.fuzz.seed} for
 * another.
 */
class PacketFuzzTest {
  private static final long PACKETS = Long.getLong("rhizome.fuzz.packets", 200_000);
  private static final long SEED = Long.getLong("rhizome.fuzz.seed", 1);
  private static final long MOST_GROWTH_BYTES = 16 << 20;
  private static final long STEP_NANOS = 1_000_000;
  private static final int TICK_EVERY = 64;
  private static final int LOOK_EVERY = 500;
  private static final String MESH = "fuzzed";
  private static final GossipConfig CONFIG = GossipConfig.defaults();

  private final Random random = new Random(SEED);
  private final List<byte[]> contents = SmallMesh.packets(SEED);
  private final PacketMutator mutator = new PacketMutator(random, contents);
  private final PacketSeal victimSeal = seal(1);
  private final PacketSeal memberSeal = seal(2);
  private final Answers answers = new Answers();
  private final Swim victim =
      new Swim(
          0,
          Fixtures.id(1),
          1,
          Fixtures.state(1, 3),
          CONFIG,
          Fixtures.authority(1),
          new Random(SEED));
  private long now;

  private static PacketSeal seal(int node) {
    byte[] key = new byte[PacketSeal.KEY_BYTES];
    byte[] boot = new byte[PacketSeal.BOOT_BYTES];
    boot[0] = (byte) node;
    return new PacketSeal(key, MESH, Fixtures.id(node), boot);
  }

  @Test
  void noBadPacketThrowsOrIsTakenUnsealedOrMakesMemoryGrow() {
    for (byte[] content : contents) {
      deliver(content);
    }
    long half = 0;
    for (long i = 0; i < PACKETS; i++) {
      if (i == PACKETS / 2) {
        half = usedBytes();
      }
      byte[] content = mutator.next();
      try {
        one(content);
      } catch (MalformedPacketException e) {
        continue;
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed %d, packet %d: %s".formatted(SEED, i, HexFormat.of().formatHex(content)), e);
      }
      if (i % LOOK_EVERY == 0) {
        assertThat(victim.view().members().size()).isLessThanOrEqualTo(CONFIG.maxMembers() + 1);
      }
    }
    assertThat(usedBytes() - half).as("growth of the heap in bytes").isLessThan(MOST_GROWTH_BYTES);
    assertThat(answers.count).isPositive();
  }

  private void one(byte[] content) throws MalformedPacketException {
    now += STEP_NANOS;
    if (now / STEP_NANOS % TICK_EVERY == 0) {
      victim.onTick(now, answers);
    }
    switch (random.nextInt(10)) {
      case 0 -> assertThat(victimSeal.open(content)).as("never sealed").isNull();
      case 1 -> {
        byte[] genuine = memberSeal.seal(mutator.original());
        byte[] changed = mutator.mutated(genuine);
        if (!Arrays.equals(genuine, changed)) {
          assertThat(victimSeal.open(changed)).as("changed after it was sealed").isNull();
        }
      }
      case 2 -> {
        byte[] fits = Arrays.copyOf(content, Math.min(content.length, Message.PACKET_BYTES));
        PacketSeal.Opened opened = victimSeal.open(memberSeal.seal(fits));
        assertThat(opened).isNotNull();
        take(opened.content().toArray());
      }
      default -> take(content);
    }
  }

  private void take(byte[] content) throws MalformedPacketException {
    NodeId id = Fixtures.id(1 + random.nextInt(8));
    Sender.Link link = random.nextInt(4) == 0 ? Sender.Link.STREAM : Sender.Link.DATAGRAM;
    Sender sender = new Sender(id, Fixtures.endpoint(1 + random.nextInt(8)), link);
    victim.onPacket(
        now, sender, GossipCodec.decode(ByteBuffer.wrap(content), victim.names()), answers);
  }

  private void deliver(byte[] content) {
    try {
      take(content);
    } catch (MalformedPacketException e) {
      throw new AssertionError("a genuine packet", e);
    }
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Whatever is answered must fit into packets. */
  private static final class Answers implements Out {
    long count;

    @Override
    public void send(Endpoint to, List<Message> packet) {
      assertThat(GossipCodec.encode(packet)).isNotEmpty();
      count++;
    }

    @Override
    public void stream(NodeId to, Endpoint at, List<Message> packet) {
      send(at, packet);
    }

    @Override
    public void streamToSeed(Endpoint at, List<Message> packet) {
      send(at, packet);
    }

    @Override
    public void happened(SwimEvent event) {}
  }
}
