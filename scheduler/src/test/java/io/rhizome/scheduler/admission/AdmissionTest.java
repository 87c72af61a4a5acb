// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Priority;
import io.rhizome.scheduler.admission.Admission.Change;
import io.rhizome.scheduler.admission.Admission.Refused;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One test per arrow of the table above {@link Admission}, and what its goals promise. */
class AdmissionTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;

  /** Below zero, as {@link System#nanoTime} may be. */
  private long now = -5 * SECOND;

  private final Admission<String> one = admission(1, 100);

  private static Admission<String> admission(int limit, int queueCapacity) {
    return new Admission<>(new AdmissionConfig(limit, limit, queueCapacity));
  }

  private Ticket<String> ticket(String work, Priority priority) {
    return ticket(work, "", priority, 10 * SECOND);
  }

  private Ticket<String> ticket(String work, String tenant, Priority priority, long leftNanos) {
    return new Ticket<>("digits", tenant, priority, now + leftNanos, work);
  }

  private Ticket<String> standard(String work) {
    return ticket(work, Priority.STANDARD);
  }

  /** Offers one that finds a free place. */
  private Ticket<String> run(Admission<String> admission, Ticket<String> ticket) {
    assertThat(admission.offer(now, ticket).run()).containsExactly(ticket);
    return ticket;
  }

  /** Offers one that has to wait. */
  private Ticket<String> queue(Admission<String> admission, Ticket<String> ticket) {
    assertNothing(admission.offer(now, ticket));
    return ticket;
  }

  private static void assertNothing(Change<String> change) {
    assertThat(change.run()).isEmpty();
    assertThat(change.refused()).isEmpty();
    assertThat(change.expired()).isEmpty();
  }

  private Refused<String> refused(Change<String> change) {
    assertThat(change.run()).isEmpty();
    assertThat(change.expired()).isEmpty();
    assertThat(change.refused()).hasSize(1);
    return change.refused().get(0);
  }

  /** Makes known how long a request runs. */
  private void teach(Admission<String> admission, long ranNanos) {
    Ticket<String> first = run(admission, standard("first"));
    now += ranNanos;
    assertNothing(admission.onEnd(now, first, ranNanos));
  }

  /** What runs until nothing waits, one after another. */
  private List<String> order(Admission<String> admission, Ticket<String> running) {
    List<String> order = new ArrayList<>();
    List<Ticket<String>> next = List.of(running);
    while (!next.isEmpty()) {
      next = admission.onEnd(now, next.get(0), 0).run();
      next.forEach(ticket -> order.add(ticket.work()));
    }
    return order;
  }

  @Test
  void keepsOnePlaceInSixteenForMoreUrgentOnesWhileSuchCome() {
    Admission<String> admission = admission(16, 100);
    List<Ticket<String>> running = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      running.add(run(admission, ticket("alone", Priority.BATCH)));
    }
    admission.onEnd(now, running.remove(0), MILLI);
    Ticket<String> urgent = run(admission, ticket("urgent", Priority.INTERACTIVE));
    now += SECOND / 2;
    admission.onEnd(now, urgent, MILLI);

    queue(admission, ticket("waits", Priority.BATCH));
    assertThat(admission.running()).isEqualTo(15);
    run(admission, ticket("at once", Priority.INTERACTIVE));

    now += 2 * SECOND;
    assertThat(admission.onEnd(now, running.get(0), MILLI).run())
        .describedAs("no urgent one came for long")
        .hasSize(1);
  }

  @Test
  void runsWhereAPlaceIsFree() {
    Admission<String> two = admission(2, 100);
    run(two, standard("a"));
    run(two, standard("b"));
    queue(two, standard("c"));

    assertThat(two.running()).isEqualTo(2);
    assertThat(two.waiting()).isEqualTo(1);
  }

  @Test
  void oneOfferedPastItsDeadlineHasExpired() {
    Ticket<String> late = ticket("late", "", Priority.STANDARD, 0);

    Change<String> change = one.offer(now, late);

    assertThat(change.run()).isEmpty();
    assertThat(change.refused()).isEmpty();
    assertThat(change.expired()).containsExactly(late);
    assertThat(one.running() + one.waiting()).isZero();
  }

  @Test
  void waitsForItsTurnAndThenRuns() {
    Ticket<String> first = run(one, standard("first"));
    Ticket<String> second = queue(one, standard("second"));
    queue(one, standard("third"));

    Change<String> change = one.onEnd(now, first, MILLI);

    assertThat(change.run()).containsExactly(second);
    assertThat(one.running()).isEqualTo(1);
    assertThat(one.waiting()).isEqualTo(1);
  }

  @Test
  void moreUrgentOnesGoFirst() {
    Ticket<String> running = run(one, standard("running"));
    queue(one, ticket("batch", Priority.BATCH));
    queue(one, ticket("standard", Priority.STANDARD));
    queue(one, ticket("interactive", Priority.INTERACTIVE));

    assertThat(order(one, running)).containsExactly("interactive", "standard", "batch");
  }

  @Test
  void tenantsTakeTurns() {
    Ticket<String> running = run(one, standard("running"));
    for (String work : new String[] {"a1", "a2", "a3", "b1", "c1", "b2"}) {
      queue(one, ticket(work, work.substring(0, 1), Priority.STANDARD, SECOND));
    }

    assertThat(order(one, running)).containsExactly("a1", "b1", "c1", "a2", "b2", "a3");
  }

  @Test
  void oneWhoseDeadlinePassedWhileItWaitedDoesNotRun() {
    Ticket<String> running = run(one, standard("running"));
    Ticket<String> hasty = queue(one, ticket("hasty", "", Priority.STANDARD, MILLI));
    Ticket<String> patient = queue(one, standard("patient"));
    now += MILLI;

    Change<String> change = one.onEnd(now, running, MILLI);

    assertThat(change.expired()).containsExactly(hasty);
    assertThat(change.run()).containsExactly(patient);
    assertThat(one.waiting()).isZero();
  }

  @Test
  void aCancelledOneLeavesTheQueueAtOnce() {
    Ticket<String> running = run(one, standard("running"));
    Ticket<String> gone = queue(one, standard("gone"));

    assertThat(one.cancel(gone)).isTrue();

    assertThat(one.waiting()).isZero();
    assertThat(one.cancel(gone)).isFalse();
    assertNothing(one.onEnd(now, running, MILLI));
  }

  @Test
  void oneThatRunsIsTheDriversToStop() {
    Ticket<String> running = run(one, standard("running"));

    assertThat(one.cancel(running)).isFalse();
    assertThat(one.running()).isEqualTo(1);
  }

  @Test
  void oneThatWasNotOfferedCannotBeCancelled() {
    assertThat(one.cancel(standard("new"))).isFalse();
  }

  @Test
  void anEndCountsOnce() {
    Ticket<String> running = run(one, standard("running"));
    one.onEnd(now, running, MILLI);

    assertNothing(one.onEnd(now, running, MILLI));

    assertThat(one.running()).isZero();
  }

  @Test
  void isOfferedOnce() {
    Ticket<String> running = run(one, standard("running"));

    assertThatIllegalStateException().isThrownBy(() -> one.offer(now, running));
  }

  @Test
  void oneThatDidNotGetToRunFreesItsPlaceAndTeachesNothing() {
    Ticket<String> running = run(one, standard("running"));
    now += SECOND;
    one.onEnd(now, running, -1);

    assertThat(one.load(now)).isEqualTo(new Load(0, 1, 0, 0));
  }

  @Test
  void refusesAtOnceWhatWouldWaitTooLongForItsDeadline() {
    teach(one, 100 * MILLI);
    run(one, standard("running"));
    for (int i = 0; i < 5; i++) {
      queue(one, ticket("w" + i, "", Priority.INTERACTIVE, SECOND));
    }
    Ticket<String> sixth = ticket("sixth", "", Priority.INTERACTIVE, SECOND);

    Refused<String> refused = refused(one.offer(now, sixth));

    assertThat(refused.ticket()).isSameAs(sixth);
    assertThat(refused.why()).isEqualTo("it would wait about 600 ms");
    // The queue, and this one refusal in half a second: two a second, at 100 ms each.
    assertThat(refused.retryNanos()).isEqualTo(800 * MILLI);
    queue(one, ticket("patient", "", Priority.INTERACTIVE, 2 * SECOND));
  }

  @Test
  void nobodyWaitsLongerThanAnybodyOfTheirClassWould() {
    AdmissionConfig config = new AdmissionConfig(1, 1, 1);
    long hour = 3_600 * SECOND;

    assertThat(config.longestWaitNanos(Priority.INTERACTIVE, hour)).isEqualTo(SECOND);
    assertThat(config.longestWaitNanos(Priority.STANDARD, hour)).isEqualTo(5 * SECOND);
    assertThat(config.longestWaitNanos(Priority.BATCH, hour)).isEqualTo(30 * SECOND);
    assertThat(config.longestWaitNanos(Priority.BATCH, SECOND)).isEqualTo(SECOND / 2);
  }

  @Test
  void aTenantThatSendsMuchWaitsBehindItselfAlone() {
    teach(one, 100 * MILLI);
    run(one, standard("running"));
    for (int i = 0; i < 5; i++) {
      queue(one, ticket("a" + i, "a", Priority.STANDARD, SECOND));
    }

    assertThat(refused(one.offer(now, ticket("a5", "a", Priority.STANDARD, SECOND))).why())
        .isEqualTo("it would wait about 600 ms");
    queue(one, ticket("b", "b", Priority.STANDARD, SECOND));
  }

  @Test
  void reckonsWithMoreUrgentOnesThatWillComeAndPassBy() {
    teach(one, 10 * MILLI);
    for (int i = 0; i < 50; i++) {
      Ticket<String> urgent = run(one, ticket("urgent", Priority.INTERACTIVE));
      now += 10 * MILLI;
      one.onEnd(now, urgent, 10 * MILLI);
      now += 10 * MILLI;
    }
    run(one, ticket("running", Priority.INTERACTIVE));

    // They took half of the time: so batch gets the other half, and a turn takes 20 ms.
    assertThat(refused(one.offer(now, ticket("b", "", Priority.BATCH, 38 * MILLI))).why())
        .isEqualTo("it would wait about 20 ms");
    queue(one, ticket("c", "", Priority.BATCH, 44 * MILLI));
  }

  @Test
  void anIdleNodeRunsBatchHoweverMuchUrgentWorkThereWas() {
    for (int i = 0; i < 1_000; i++) {
      Ticket<String> urgent = run(one, ticket("urgent", Priority.INTERACTIVE));
      now += 10 * MILLI;
      one.onEnd(now, urgent, 10 * MILLI);
    }

    Ticket<String> batch = run(one, ticket("batch", "", Priority.BATCH, 20 * MILLI));

    now += 2 * SECOND;
    one.onEnd(now, batch, 10 * MILLI);
    run(one, ticket("running", Priority.BATCH));
    queue(one, ticket("waits", "", Priority.BATCH, 30 * MILLI));
  }

  @Test
  void aFullQueueRefusesWithAHint() {
    Admission<String> small = admission(1, 8);
    teach(small, MILLI);
    run(small, standard("running"));
    fill(small, 7, Priority.STANDARD);

    Refused<String> refused =
        refused(small.offer(now, new Ticket<>("other", "", Priority.STANDARD, now + SECOND, "x")));

    assertThat(refused.why()).isEqualTo("the queue is full: 7 requests wait");
    assertThat(refused.retryNanos()).isEqualTo(20 * MILLI);
  }

  /** Waiting ones of many models and one tenant. */
  private void fill(Admission<String> admission, int count, Priority priority) {
    for (int i = 0; i < count; i++) {
      queue(admission, new Ticket<>("m" + i, "", priority, now + SECOND, "w" + i));
    }
  }

  @Test
  void withoutAQueueNothingWaits() {
    Admission<String> none = admission(1, 0);
    run(none, ticket("running", Priority.BATCH));

    assertThat(refused(none.offer(now, ticket("x", Priority.INTERACTIVE))).why())
        .isEqualTo("too many requests for this model wait");
  }

  @Test
  void theNewestOfTheLeastUrgentMakesRoomInAFullQueue() {
    Admission<String> small = admission(1, 8);
    run(small, standard("running"));
    fill(small, 6, Priority.BATCH);
    queue(small, new Ticket<>("s", "", Priority.STANDARD, now + SECOND, "standard"));
    queue(small, new Ticket<>("i", "", Priority.INTERACTIVE, now + SECOND, "interactive"));

    Change<String> change = small.offer(now, ticket("urgent", Priority.INTERACTIVE));

    Refused<String> refused = refused(change);
    assertThat(refused.ticket().work()).isEqualTo("w5");
    assertThat(refused.why()).isEqualTo("a more urgent request took its place");
    assertThat(small.waiting()).isEqualTo(8);
  }

  @Test
  void theMoreUrgentFindRoomThatOthersMayNotFill() {
    Admission<String> small = admission(1, 8);
    run(small, standard("running"));
    fill(small, 6, Priority.BATCH);

    refused(small.offer(now, new Ticket<>("b", "", Priority.BATCH, now + SECOND, "b")));
    queue(small, new Ticket<>("s", "", Priority.STANDARD, now + SECOND, "s"));
    refused(small.offer(now, new Ticket<>("b", "", Priority.BATCH, now + SECOND, "b")));
    queue(small, new Ticket<>("i", "", Priority.INTERACTIVE, now + SECOND, "i"));
  }

  @Test
  void oneModelMayNotFillTheQueue() {
    Admission<String> small = admission(1, 8);
    run(small, standard("running"));
    for (int i = 0; i < 6; i++) {
      queue(small, standard("w" + i));
    }

    assertThat(refused(small.offer(now, standard("x"))).why())
        .isEqualTo("too many requests for this model wait");
    queue(small, new Ticket<>("other", "", Priority.STANDARD, now + SECOND, "y"));
  }

  @Test
  void aLessUrgentOneOfTheSameModelMakesRoomWhereTheModelHasItsShare() {
    Admission<String> small = admission(1, 8);
    run(small, standard("running"));
    queue(small, new Ticket<>("other", "", Priority.BATCH, now + SECOND, "other"));
    for (int i = 0; i < 5; i++) {
      queue(small, ticket("w" + i, Priority.BATCH));
    }
    queue(small, ticket("u", Priority.INTERACTIVE));

    Change<String> change = small.offer(now, ticket("v", Priority.INTERACTIVE));

    assertThat(refused(change).ticket().work()).isEqualTo("w4");
  }

  @Test
  void aTenantThatFillsTheQueueMakesRoomForAnother() {
    Admission<String> small = admission(1, 8);
    Ticket<String> running = run(small, standard("running"));
    for (int i = 0; i < 7; i++) {
      queue(small, new Ticket<>("m" + i, "a", Priority.STANDARD, now + SECOND, "a" + i));
    }
    List<String> evicted = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Refused<String> refused =
          refused(small.offer(now, ticket("b" + i, "b", Priority.STANDARD, SECOND)));
      assertThat(refused.why())
          .isEqualTo("a request of a tenant with fewer waiting took its place");
      evicted.add(refused.ticket().work());
    }

    assertThat(evicted).containsExactly("a6", "a5", "a4");
    // Four to three: another of b's would turn that round.
    assertThat(refused(small.offer(now, ticket("b3", "b", Priority.STANDARD, SECOND))).why())
        .isEqualTo("the queue is full: 7 requests wait");
    assertThat(order(small, running)).containsExactly("a0", "b0", "a1", "b1", "a2", "b2", "a3");
  }

  @Test
  void saysHowBusyItIs() {
    Admission<String> two = admission(2, 100);
    assertThat(two.load(now)).isEqualTo(new Load(0, 2, 0, 0));
    teach(two, 10 * MILLI);
    run(two, standard("a"));
    assertThat(two.load(now)).isEqualTo(new Load(1, 2, 0, 10 * MILLI));
    run(two, standard("b"));
    assertThat(two.load(now)).isEqualTo(new Load(2, 2, 5 * MILLI, 10 * MILLI));
    queue(two, standard("c"));
    queue(two, ticket("later", Priority.BATCH));
    assertThat(two.load(now)).isEqualTo(new Load(4, 2, 10 * MILLI, 10 * MILLI));
  }

  @Test
  void theLimitFallsToOneAndNoFurther() {
    Admission<String> four = new Admission<>(new AdmissionConfig(4, 8, 100));
    List<Ticket<String>> running = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      running.add(run(four, standard("r" + i)));
    }
    for (int i = 0; i < 500; i++) {
      now += 20 * MILLI;
      running.addAll(four.onEnd(now, running.remove(0), MILLI).run());
      running.addAll(four.offer(now, standard("x" + i)).run());
      assertThat(four.running()).isPositive();
    }
    assertThat(four.load(now).limit()).isEqualTo(1);
    assertThat(four.running()).isEqualTo(1);
  }

  @Test
  void checksItsConfiguration() {
    assertThatIllegalArgumentException().isThrownBy(() -> new AdmissionConfig(0, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new AdmissionConfig(2, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new AdmissionConfig(1, 1, -1));
  }
}
