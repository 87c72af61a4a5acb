// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.Sender;
import io.rhizome.gossip.transport.PacketSeal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes that know nothing of one another, so that only the test speaks: 10 ms apart. */
class SimStreamTest {
  private static final long MILLI = 1_000_000;
  private static final Duration LATENCY = Duration.ofMillis(10);

  private final Simulation mesh = new Simulation(1, GossipConfig.defaults());
  private final SimNode a = mesh.start("a", Simulation.stateOf("a"), List.of());
  private final SimNode b = mesh.start("b", Simulation.stateOf("b"), List.of());
  private final List<Integer> read = new ArrayList<>();
  private final List<Sender> senders = new ArrayList<>();
  private final List<Long> readMillis = new ArrayList<>();

  @BeforeEach
  void watch() {
    mesh.network().latency("a", "b", LATENCY.toNanos());
    mesh.network().jitter(0);
    mesh.onPacket(
        (reader, from, packet) -> {
          if (packet.get(0) instanceof Message.Ack ack) {
            read.add((int) ack.nonce());
            senders.add(from);
            readMillis.add(mesh.nowNanos() / MILLI);
          }
        });
  }

  @Test
  void aFirstPacketPaysTwoRoundTripsOfHandshakesAndItsOwnWay() {
    say(a, b, 1);
    mesh.run(Duration.ofSeconds(1));
    assertThat(readMillis).containsExactly(50L);
    assertThat(senders.get(0).link()).isEqualTo(Sender.Link.STREAM);
    assertThat(senders.get(0).id()).isEqualTo(a.id());
  }

  @Test
  void theAddressOfWhoDialledCannotBeDialledBack() {
    say(a, b, 1);
    mesh.run(Duration.ofSeconds(1));
    Endpoint back = senders.get(0).address();
    assertThat(back.host()).isEqualTo("a");
    assertThat(back).isNotEqualTo(a.endpoint());
  }

  @Test
  void anOpenStreamIsUsedWhicheverSideDialledIt() {
    say(a, b, 1);
    mesh.run(Duration.ofSeconds(1));
    mesh.network().dialOutOnly("a", true);
    say(b, a, 2);
    mesh.run(Duration.ofSeconds(1));
    assertThat(read).containsExactly(1, 2);
    assertThat(readMillis.get(1)).isEqualTo(1_010);
    assertThat(a.openStreams()).isEqualTo(1);
    assertThat(b.openStreams()).isEqualTo(1);
  }

  @Test
  void nobodyDialsAHostThatOnlyDialsOut() {
    mesh.network().dialOutOnly("b", true);
    say(a, b, 1);
    mesh.run(Duration.ofMinutes(1));
    assertThat(read).isEmpty();
  }

  @Test
  void aLostSynCostsASecondThenTwo() {
    mesh.network().cutOneWay("a", "b");
    say(a, b, 1);
    mesh.run(Duration.ofMillis(1_500));
    mesh.network().heal();
    mesh.run(Duration.ofSeconds(10));
    assertThat(readMillis).containsExactly(3_050L);
  }

  @Test
  void aLostSynAckCostsTheSame() {
    mesh.network().cutOneWay("b", "a");
    say(a, b, 1);
    mesh.run(Duration.ofMillis(500));
    mesh.network().heal();
    mesh.run(Duration.ofSeconds(10));
    assertThat(readMillis).containsExactly(1_050L);
  }

  @Test
  void fiveSynsAndNoMore() {
    mesh.network().cutOneWay("a", "b");
    say(a, b, 1);
    mesh.run(Duration.ofSeconds(32));
    assertThat(a.sentBytes()).isEqualTo(5 * 40);
    mesh.network().heal();
    mesh.run(Duration.ofMinutes(1));
    assertThat(read).isEmpty();
  }

  @Test
  void aLostSegmentCostsAnRtoAndWhatFollowsWaits() {
    say(a, b, 1);
    mesh.run(Duration.ofSeconds(1));
    mesh.network().cutOneWay("a", "b");
    say(a, b, 2);
    mesh.run(Duration.ofMillis(100));
    mesh.network().heal();
    say(a, b, 3);
    mesh.run(Duration.ofSeconds(5));
    assertThat(read).containsExactly(1, 2, 3);
    assertThat(readMillis.get(1)).isEqualTo(1_000 + 200 + 20 + 10);
    assertThat(readMillis.get(2)).isEqualTo(readMillis.get(1));
  }

  @Test
  void theRtoDoubles() {
    say(a, b, 1);
    mesh.run(Duration.ofSeconds(1));
    mesh.network().cutOneWay("a", "b");
    say(a, b, 2);
    mesh.run(Duration.ofSeconds(1));
    mesh.network().heal();
    mesh.run(Duration.ofSeconds(5));
    assertThat(readMillis.get(1)).isEqualTo(1_000 + 220 + 440 + 880 + 10);
  }

  @Test
  void aCutOfFifteenSecondsBreaksAStreamInUse() {
    say(a, b, 1);
    mesh.run(Duration.ofSeconds(1));
    mesh.network().cutOneWay("b", "a");
    say(a, b, 2);
    mesh.run(Duration.ofSeconds(10));
    assertThat(a.openStreams()).isEqualTo(1);
    mesh.run(Duration.ofSeconds(20));
    assertThat(a.openStreams()).isZero();
    assertThat(b.openStreams()).isZero();
    assertThat(read).as("only the acknowledgements were cut").containsExactly(1, 2);
  }

  @Test
  void anIdleStreamClosesAfterAMinute() {
    say(a, b, 1);
    mesh.run(Duration.ofSeconds(59));
    assertThat(a.openStreams()).isEqualTo(1);
    mesh.run(Duration.ofSeconds(2));
    assertThat(a.openStreams()).isZero();
  }

  @Test
  void aCrashOfEitherEndClosesIt() {
    say(a, b, 1);
    mesh.run(Duration.ofSeconds(1));
    mesh.crash(b);
    assertThat(a.openStreams()).isZero();
    say(a, b, 2);
    mesh.run(Duration.ofSeconds(30));
    assertThat(read).containsExactly(1);
  }

  @Test
  void aStarvedNodeTakesNoStreamUntilItGoesOn() {
    mesh.starve(b, Duration.ofSeconds(4));
    say(a, b, 1);
    mesh.run(Duration.ofSeconds(10));
    assertThat(readMillis).containsExactly(4_010L + 10);
  }

  @Test
  void whatIsUnreadIsBounded() {
    say(a, b, 1);
    mesh.run(Duration.ofSeconds(1));
    mesh.starve(b, Duration.ofSeconds(10));
    for (int i = 0; i < 20_000; i++) {
      say(a, b, i);
    }
    mesh.run(Duration.ofSeconds(20));
    assertThat(read.size()).isBetween(1_000, 64 * 1_024 / 5 + 1);
  }

  @Test
  void bothDialAtOnceAndNothingIsLost() {
    say(a, b, 1);
    say(b, a, 2);
    mesh.run(Duration.ofSeconds(5));
    assertThat(read).containsExactlyInAnyOrder(1, 2);
    assertThat(a.openStreams()).isEqualTo(1);
    assertThat(b.openStreams()).isEqualTo(1);
  }

  @Test
  void aSeedIsDialledWhoeverItIs() {
    a.streams().sendToSeed(b.endpoint(), packet(a, b, 1));
    mesh.run(Duration.ofSeconds(1));
    a.streams().sendToSeed(b.endpoint(), packet(a, b, 2));
    mesh.run(Duration.ofSeconds(1));
    assertThat(readMillis).containsExactly(50L, 1_010L);
  }

  @Test
  void handshakesSegmentsAndAcknowledgementsAreCounted() {
    say(a, b, 1);
    mesh.run(Duration.ofSeconds(1));
    long handshakes = a.sentBytes() + a.receivedBytes();
    assertThat(handshakes).isBetween(3_500L, 4_500L);
    say(a, b, 2);
    mesh.run(Duration.ofSeconds(1));
    long segment = 40L + 39 + PacketSeal.OVERHEAD_BYTES + new Message.Ack(2).bytes();
    assertThat(a.sentBytes() + a.receivedBytes() - handshakes).isEqualTo(segment + 40);
  }

  private void say(SimNode from, SimNode to, int word) {
    from.streams().send(to.id(), to.endpoint(), packet(from, to, word));
  }

  private static byte[] packet(SimNode from, SimNode to, int word) {
    return from.wire().pack(from, to.endpoint(), List.of(new Message.Ack(word)));
  }
}
