// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.scheduler.Priority;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link Admission} spreads the starts of the less urgent while more urgent ones come. */
class SpreadStartsTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;

  private long now = -5 * SECOND;

  private static Admission<String> admission(int limit) {
    return new Admission<>(new AdmissionConfig(limit, limit, 100));
  }

  private Ticket<String> ticket(String work, Priority priority) {
    return new Ticket<>("digits", "", priority, now + 10 * SECOND, work);
  }

  /** Offers one that starts at once. */
  private Ticket<String> run(Admission<String> admission, Ticket<String> ticket) {
    assertThat(admission.offer(now, ticket).run()).containsExactly(ticket);
    return ticket;
  }

  @Test
  void startsOfTheLessUrgentAreSpreadWhileMoreUrgentOnesCome() {
    Admission<String> admission = admission(20);
    List<Ticket<String>> running = new ArrayList<>();
    running.add(run(admission, ticket("urgent", Priority.INTERACTIVE)));
    for (int i = 1; i < 20; i++) {
      running.add(run(admission, ticket("first", Priority.BATCH)));
    }
    for (int i = 0; i < 40; i++) {
      assertThat(admission.offer(now, ticket("next", Priority.BATCH)).run()).isEmpty();
    }
    now += SECOND / 2;

    // 20 runs of 20 ms that began together end together: one each ms is as fast as they end.
    List<Ticket<String>> begun = endAll(admission, running, 20 * MILLI);
    assertThat(begun).describedAs("one now, and one that is made up for").hasSize(2);
    for (int i = 0; i < 5; i++) {
      now += MILLI;
      run(admission, ticket("at once", Priority.INTERACTIVE));
      assertThat(admission.running()).isEqualTo(2 + 2 * i + 1);
      Ticket<String> one = ticket("behind the others", Priority.BATCH);
      assertThat(admission.offer(now, one).run()).hasSize(1).doesNotContain(one);
    }
  }

  /** Ends them one after the other; gives what began meanwhile. */
  private List<Ticket<String>> endAll(
      Admission<String> admission, List<Ticket<String>> running, long ranNanos) {
    List<Ticket<String>> begun = new ArrayList<>();
    running.forEach(one -> begun.addAll(admission.onEnd(now, one, ranNanos).run()));
    return begun;
  }

  @Test
  void aSpreadStartNeverWaitsForNothing() {
    Admission<String> admission = admission(4);
    Ticket<String> urgent = run(admission, ticket("urgent", Priority.INTERACTIVE));
    now += SECOND / 2;
    assertThat(admission.onEnd(now, urgent, SECOND).run()).isEmpty();

    List<Ticket<String>> next = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      next.addAll(admission.offer(now, ticket("batch", Priority.BATCH)).run());
    }
    assertThat(next).describedAs("the others wait for the end of these").hasSize(2);
    int ran = 0;
    while (!next.isEmpty()) {
      ran++;
      next.addAll(admission.onEnd(now, next.remove(0), SECOND).run());
    }
    assertThat(ran).isEqualTo(6);
  }
}
