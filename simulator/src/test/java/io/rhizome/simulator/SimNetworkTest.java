// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SimNetworkTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  private final VirtualTime time = new VirtualTime();
  private final SimNetwork network = new SimNetwork(time, new Random(7));

  @Test
  void latenciesOfALocalNetworkAreBetweenATenthAndOneMillisecondAndTheSameBothWays() {
    network.topology(Topology.lan(3));
    network.jitter(0);
    for (int i = 0; i < 50; i++) {
      long there = network.delayNanos("h" + i, "x").orElseThrow();
      assertThat(there).isBetween(MILLI / 10, MILLI);
      assertThat(network.delayNanos("x", "h" + i)).hasValue(there);
    }
    assertThat(network.delayNanos("h1", "x")).isNotEqualTo(network.delayNanos("h2", "x"));
  }

  @Test
  void aMatrixGivesTheLatencyByNumber() {
    network.topology(Topology.matrix(new long[][] {{0, 5}, {5, 0}}));
    network.jitter(0);
    assertThat(network.number("a")).isZero();
    assertThat(network.number("b")).isEqualTo(1);
    assertThat(network.delayNanos("b", "a")).hasValue(5);
    assertThatThrownBy(() -> network.delayNanos("a", "c")).hasMessageContaining("2 rows");
  }

  @Test
  void jitterAddsAtMostItsShare() {
    network.latency("a", "b", 10 * MILLI);
    network.jitter(0.5);
    for (int i = 0; i < 100; i++) {
      assertThat(network.delayNanos("a", "b").orElseThrow()).isBetween(10 * MILLI, 15 * MILLI);
    }
  }

  @Test
  void lossOfAHostInAndOutAndOfALinkAddUp() {
    network.lossIn("a", 0.8);
    assertThat(lost("b", "a")).isBetween(0.75, 0.85);
    assertThat(lost("a", "b")).isZero();
    network.lossOut("b", 0.5);
    assertThat(lost("b", "a")).isBetween(0.87, 0.93);
    network.loss("a", "b", 1);
    assertThat(lost("a", "b")).isEqualTo(1);
    assertThat(lost("a", "c")).isZero();
    network.recover();
    assertThat(lost("b", "a")).isZero();
  }

  @Test
  void aHostIsDeafInItsPeriodsOnly() {
    network.deaf("a", 20 * SECOND, 40 * SECOND);
    List<Boolean> heard = new ArrayList<>();
    for (int second = 5; second < 80; second += 20) {
      time.advanceTo(second * SECOND);
      heard.add(network.delayNanos("b", "a").isPresent());
      assertThat(network.delayNanos("a", "b")).isPresent();
    }
    assertThat(heard).containsExactly(false, true, false, true);
  }

  @Test
  void aMuteHostHearsAndIsNotHeard() {
    network.mute("a", true);
    assertThat(network.delayNanos("a", "b")).isEmpty();
    assertThat(network.delayNanos("b", "a")).isPresent();
  }

  @Test
  void aSlowLinkDelaysThenDropsWhatItsQueueCannotHold() {
    network.latency("a", "b", 0);
    network.jitter(0);
    network.bandwidth("a", 8_000, 2_000);
    List<OptionalLong> delays = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      long delay = network.datagramNanos(network.host("a"), network.host("b"), 1_000);
      delays.add(delay == SimNetwork.LOST ? OptionalLong.empty() : OptionalLong.of(delay));
    }
    assertThat(delays)
        .containsExactly(
            OptionalLong.of(SECOND),
            OptionalLong.of(2 * SECOND),
            OptionalLong.of(3 * SECOND),
            OptionalLong.empty());
  }

  @Test
  void aNatLetsAnswersInForHalfAMinute() {
    SimHost home = network.host("home");
    SimHost peer = network.host("peer");
    SimHost stranger = network.host("stranger");
    network.dialOutOnly("home", true);
    assertThat(network.datagramNanos(peer, home, 100)).isEqualTo(SimNetwork.LOST);
    assertThat(network.datagramNanos(home, peer, 100)).isNotEqualTo(SimNetwork.LOST);
    assertThat(network.datagramNanos(peer, home, 100)).isNotEqualTo(SimNetwork.LOST);
    assertThat(network.datagramNanos(stranger, home, 100)).isEqualTo(SimNetwork.LOST);
    time.advanceTo(31 * SECOND);
    assertThat(network.datagramNanos(peer, home, 100)).isEqualTo(SimNetwork.LOST);
  }

  @Test
  void blockedUdpPassesNeitherWay() {
    network.blockUdp("a", true);
    SimHost a = network.host("a");
    SimHost b = network.host("b");
    assertThat(network.datagramNanos(a, b, 100)).isEqualTo(SimNetwork.LOST);
    assertThat(network.datagramNanos(b, a, 100)).isEqualTo(SimNetwork.LOST);
    assertThat(network.delayNanos(a, b, 100)).isNotEqualTo(SimNetwork.LOST);
  }

  @Test
  void aShareIsZeroToOne() {
    assertThatThrownBy(() -> network.loss(30)).hasMessage("a share is 0 to 1, not 30.0");
  }

  @Test
  void aClockThatDriftsShowsEachMomentOnce() {
    SimClock clock = new SimClock();
    clock.set(0, 7 * SECOND, 200);
    assertThat(clock.local(1_000 * SECOND)).isEqualTo(1_007 * SECOND + SECOND / 5);
    for (long local = 8 * SECOND; local < 100 * SECOND; local += SECOND / 3) {
      long moment = clock.moment(0, local);
      assertThat(clock.local(moment)).isGreaterThanOrEqualTo(local);
      assertThat(clock.local(moment - 1)).isLessThan(local);
    }
    assertThatThrownBy(() -> clock.set(0, -1, 0)).hasMessageContaining("cannot step back");
  }

  private double lost(String from, String to) {
    int lost = 0;
    for (int i = 0; i < 2_000; i++) {
      lost += network.delayNanos(from, to).isEmpty() ? 1 : 0;
    }
    return lost / 2_000.0;
  }
}
