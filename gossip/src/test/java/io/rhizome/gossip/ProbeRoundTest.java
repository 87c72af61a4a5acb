// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.ProbeRound.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ProbeRoundTest {
  private static final long MILLI = 1_000_000;

  private final GossipConfig config = GossipConfig.defaults();
  private final TreeSet<NodeId> members = new TreeSet<>(List.of(id(1)));
  private final LocalHealth health = new LocalHealth(8);
  private final ProbeRound round =
      new ProbeRound(
          config, new Random(1), () -> new ArrayList<>(members), members::contains, health, 0);

  @Test
  void asksOneMemberWhenTheIntervalBegins() {
    long began = start();
    assertThat(round.next(began - 1)).isNull();
    assertThat(ask(began).target()).isEqualTo(id(1));
    assertThat(round.next(began)).isNull();
  }

  @Test
  void asksNobodyWhereThereIsNobody() {
    members.clear();
    assertThat(round.next(start())).isNull();
  }

  @Test
  void aDirectAckEndsTheProbeAndGivesTheRoundTrip() {
    long began = start();
    Step.Ask ask = ask(began);
    assertThat(round.onAck(began + 7 * MILLI, id(1), ask.sequence())).hasValue(7 * MILLI);
    assertThat(round.next(began + 999 * MILLI)).isNull();
    assertThat(round.next(began + 1000 * MILLI)).isInstanceOf(Step.Ask.class);
  }

  @Test
  void anUnansweredProbeAsksOthersAfterItsTimeout() {
    long began = start();
    Step.Ask ask = ask(began);
    assertThat(round.next(began + 499 * MILLI)).isNull();
    assertThat(round.next(began + 500 * MILLI))
        .isEqualTo(new Step.AskOthers(id(1), ask.sequence()));
  }

  @Test
  void anAckThroughAHelperEndsTheProbeWithoutARoundTrip() {
    long began = start();
    Step.Ask ask = ask(began);
    round.next(began + 500 * MILLI);
    assertThat(round.onAck(began + 600 * MILLI, id(2), ask.sequence())).isEmpty();
    assertThat(round.next(began + 1000 * MILLI)).isInstanceOf(Step.Ask.class);
  }

  @Test
  void aLateTickStillGivesTheHelpersTheirTime() {
    long began = start();
    Step.Ask ask = ask(began);
    assertThat(round.next(began + 2_000 * MILLI))
        .isEqualTo(new Step.AskOthers(id(1), ask.sequence()));
    assertThat(round.next(began + 2_499 * MILLI)).isNull();
    assertThat(round.next(began + 2_500 * MILLI)).isEqualTo(new Step.Failed(id(1)));
  }

  @Test
  void noAckByTheEndOfTheIntervalFailsTheTarget() {
    long began = start();
    ask(began);
    round.next(began + 500 * MILLI);
    assertThat(round.next(began + 1000 * MILLI)).isEqualTo(new Step.Failed(id(1)));
    assertThat(round.next(began + 1000 * MILLI)).isInstanceOf(Step.Ask.class);
  }

  @Test
  void anAckOfAnotherProbeIsIgnored() {
    long began = start();
    Step.Ask ask = ask(began);
    assertThat(round.onAck(began, id(1), ask.sequence() - 1)).isEmpty();
    round.next(began + 500 * MILLI);
    assertThat(round.next(began + 1000 * MILLI)).isInstanceOf(Step.Failed.class);
  }

  @Test
  void aTargetThatIsGoneMeanwhileDoesNotFail() {
    long began = start();
    ask(began);
    members.clear();
    round.next(began + 500 * MILLI);
    assertThat(round.next(began + 1000 * MILLI)).isNull();
  }

  @Test
  void everyMemberIsProbedOncePerRoundInAnOrderThatChanges() {
    for (int i = 2; i <= 20; i++) {
      members.add(id(i));
    }
    long now = start();
    List<NodeId> first = probeAll(now);
    List<NodeId> second = probeAll(now + 20_000 * MILLI);
    assertThat(first).containsExactlyInAnyOrderElementsOf(members);
    assertThat(second).containsExactlyInAnyOrderElementsOf(members).isNotEqualTo(first);
  }

  private List<NodeId> probeAll(long from) {
    List<NodeId> probed = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      long now = from + i * 1000L * MILLI;
      Step.Ask ask = ask(now);
      probed.add(ask.target());
      round.onAck(now, ask.target(), ask.sequence());
    }
    return probed;
  }

  private long start() {
    return round.nextDeadlineNanos();
  }

  private Step.Ask ask(long now) {
    Step step = round.next(now);
    assertThat(step).isInstanceOf(Step.Ask.class);
    return (Step.Ask) step;
  }

  @Test
  void aFailedProbeWithoutHelpersCountsAgainstThisNodeAndAnAckForIt() {
    long began = start();
    ask(began);
    round.next(began + 500 * MILLI);
    round.onAsked(List.of());
    assertThat(round.next(began + 1000 * MILLI)).isEqualTo(new Step.Failed(id(1)));
    assertThat(health.score()).isEqualTo(1);

    Step.Ask again = ask(began + 1000 * MILLI);
    assertThat(round.next(began + 1999 * MILLI)).as("twice the time-out").isNull();
    assertThat(round.onAck(began + 1999 * MILLI, id(1), again.sequence())).isPresent();
    assertThat(health.score()).isZero();
  }

  @Test
  void onlyHelpersThatOweAWordCountAgainstThisNode() {
    long began = start();
    Step.Ask ask = ask(began);
    round.next(began + 500 * MILLI);
    round.onAsked(List.of(id(2), id(3), id(4)));
    round.onNack(id(2), ask.sequence());
    round.onNack(id(2), ask.sequence());
    round.onNack(id(3), ask.sequence() + 1);
    assertThat(round.next(began + 1000 * MILLI)).isEqualTo(new Step.Failed(id(1)));
    assertThat(health.score()).isEqualTo(2);
  }

  @Test
  void helpersThatAllSayNoSpeakForThisNodesHealth() {
    long began = start();
    Step.Ask ask = ask(began);
    round.next(began + 500 * MILLI);
    round.onAsked(List.of(id(2)));
    round.onNack(id(2), ask.sequence());
    assertThat(round.next(began + 1000 * MILLI)).isEqualTo(new Step.Failed(id(1)));
    assertThat(health.score()).isZero();
  }
}
