// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.id;
import static io.rhizome.gossip.Fixtures.own;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Probe.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One test per arrow of the table in {@link Probe}. */
class ProbeTest {
  private static final long MILLI = 1_000_000;
  private static final long TIMEOUT = 150 * MILLI;
  private static final long LENGTH = 1_000 * MILLI;

  private final Peer peer =
      new Peer(own(1, 1).alive(), RecordFormat.readAlive(own(1, 1).alive().value()), 0);
  private final Probe probe = new Probe(peer, 7, 0, TIMEOUT, LENGTH);

  @Test
  void pingsAtOnce() {
    assertThat(probe.next(0)).isEqualTo(Step.ASK);
    assertThat(probe.next(0)).isNull();
    assertThat(probe.pingedOnce()).isTrue();
  }

  @Test
  void asksOthersOnceTheTimeOutIsOver() {
    probe.next(0);
    assertThat(probe.next(TIMEOUT - 1)).isNull();
    assertThat(probe.next(TIMEOUT)).isEqualTo(Step.ASK_OTHERS);
    assertThat(probe.pingedOnce()).isFalse();
  }

  @Test
  void anAnswerTellsWhichPingItAnswers() {
    probe.next(0);
    long first = probe.pingNonce();
    probe.next(TIMEOUT);
    long second = probe.pingNonce();
    assertThat(first).isNotEqualTo(second);
    assertThat(Probe.of(first)).isEqualTo(Probe.of(second)).isEqualTo(probe.nonce);
    assertThat(probe.sentNanos(first)).isZero();
    assertThat(probe.sentNanos(second)).isEqualTo(TIMEOUT);
  }

  @Test
  void isSilentWhereNeitherItNorAHelperAnswersForThreeTimeOutsMore() {
    probe.next(0);
    askOthers(TIMEOUT, 2, 3);
    askOthers(2 * TIMEOUT, 4, 5);
    askOthers(3 * TIMEOUT, 6, 7);
    assertThat(probe.next(4 * TIMEOUT)).isEqualTo(Step.SILENT);
    assertThat(probe.next(4 * TIMEOUT)).isEqualTo(Step.ASK_OTHERS);
  }

  @Test
  void isRelayedWhereAHelperHadAnAnswerAndThisNodeGotNoneInTheTimeOfOneMore() {
    probe.next(0);
    askOthers(TIMEOUT, 2, 3);
    probe.onRelayed(id(3));
    assertThat(probe.next(2 * TIMEOUT - 1)).isNull();
    assertThat(probe.next(2 * TIMEOUT)).isEqualTo(Step.RELAYED);
    assertThat(probe.relayedBy()).isEqualTo(id(3));
  }

  @Test
  void hasFailedAtItsEnd() {
    probe.next(0);
    askOthers(TIMEOUT, 2);
    long now = TIMEOUT;
    Step last = null;
    while (now < LENGTH) {
      now = probe.nextNanos();
      for (Step step = probe.next(now); step != null && last != Step.FAILED; ) {
        last = step;
        step = last == Step.FAILED ? null : probe.next(now);
      }
    }
    assertThat(last).isEqualTo(Step.FAILED);
    assertThat(now).isEqualTo(LENGTH);
  }

  @Test
  void lastsSixTimeOutsAtLeast() {
    Probe slow = new Probe(peer, 7, 0, LENGTH, LENGTH);
    slow.next(0);
    assertThat(slow.next(LENGTH)).isEqualTo(Step.ASK_OTHERS);
    slow.onAsked(List.of());
    assertThat(slow.next(6 * LENGTH - 1)).isEqualTo(Step.SILENT);
    assertThat(slow.next(6 * LENGTH)).isEqualTo(Step.FAILED);
  }

  @Test
  void onlyHelpersThatOweAWordCountAgainstThisNode() {
    probe.next(0);
    askOthers(TIMEOUT, 2, 3, 4);
    assertThat(probe.onNack(id(2))).isTrue();
    assertThat(probe.onNack(id(2))).as("again").isFalse();
    assertThat(probe.onNack(id(5))).as("not asked").isFalse();
    assertThat(probe.missing()).isEqualTo(2);
  }

  private void askOthers(long now, int... helpers) {
    assertThat(probe.next(now)).isEqualTo(Step.ASK_OTHERS);
    probe.onAsked(java.util.Arrays.stream(helpers).mapToObj(Fixtures::id).toList());
  }
}
