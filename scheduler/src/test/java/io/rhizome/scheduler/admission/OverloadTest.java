// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.scheduler.Priority;
import io.rhizome.scheduler.VirtualTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@link Admission} before an executor of 16 workers and 20 ms that gets twice what it can run:
 * half its capacity of interactive requests, one and a half times that of batch, 2 s to the
 * deadline.
 */
class OverloadTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final long RUN = 20 * MILLI;

  /** Of the run time. */
  private static final double URGENT_BOUND = 1.5;

  private static final int WORKERS = 16;
  private static final long DEADLINE = 2 * SECOND;
  private static final int SECONDS = 30;
  private static final double CAPACITY = WORKERS * SECOND / (double) RUN;

  private final VirtualTime time = new VirtualTime();
  private final Workers executor = new Workers(time, WORKERS, () -> RUN);
  private final Map<Priority, List<Long>> answered = new EnumMap<>(Priority.class);
  private final Map<Priority, Integer> refused = new EnumMap<>(Priority.class);
  private int offered;
  private int late;
  private int expired;
  private long slowestRefusal;

  /** When it was offered. */
  private record Work(long sentNanos, Priority priority) {}

  @ParameterizedTest
  @CsvSource({
    "64, 1",
    "256, 2",
    "1024, 3",
    "4096, 4",
    "64, 11",
    "64, 12",
    "64, 13",
    "256, 14",
    "256, 15",
    "1024, 16",
    "1024, 17",
    "1024, 18"
  })
  void anOverloadedNodeAnswersWhatItCanAndUrgentOnesHardlyNotice(int queueCapacity, long seed) {
    Admission<Work> admission =
        new Admission<>(new AdmissionConfig(WORKERS, 16 * WORKERS, queueCapacity));
    Random random = new Random(seed);
    for (Priority priority : Priority.values()) {
      answered.put(priority, new ArrayList<>());
      refused.put(priority, 0);
    }
    arrive(admission, Priority.INTERACTIVE, 0.5 * CAPACITY, random);
    arrive(admission, Priority.BATCH, 1.5 * CAPACITY, random);

    time.pass(SECONDS * SECOND);

    List<Long> interactive = of(answered, Priority.INTERACTIVE);
    List<Long> batch = of(answered, Priority.BATCH);
    double goodput = (interactive.size() + batch.size()) / (CAPACITY * SECONDS);
    String figures =
        "queue %d, seed %d: goodput %.3f, interactive p50 %.1f p99 %.1f ms, batch p50 %.0f p99 %.0f ms, %d offered, refused %s, slowest refusal %.3f ms, late %d, expired %d"
            .formatted(
                queueCapacity,
                seed,
                goodput,
                millis(interactive, 0.5),
                millis(interactive, 0.99),
                millis(batch, 0.5),
                millis(batch, 0.99),
                offered,
                refused,
                slowestRefusal / 1e6,
                late,
                expired);
    assertThat(goodput).as(figures).isGreaterThan(0.95);
    assertThat(millis(interactive, 0.99)).as(figures).isLessThan(URGENT_BOUND * RUN / MILLI);
    assertThat(slowestRefusal).as(figures).isLessThan(20 * MILLI);
    assertThat(of(refused, Priority.INTERACTIVE)).as(figures).isZero();
    assertThat(late + expired).as(figures).isLessThan(offered / 100);
  }

  /** Independent arrivals at that rate, as long as time passes. */
  private void arrive(
      Admission<Work> admission, Priority priority, double perSecond, Random random) {
    double gap = -StrictMath.log(1 - random.nextDouble()) * SECOND / perSecond;
    time.after(
        Math.round(gap),
        () -> {
          Work work = new Work(time.now(), priority);
          Ticket<Work> ticket = new Ticket<>("m", "", priority, time.now() + DEADLINE, work);
          offered++;
          follow(admission, admission.offer(time.now(), ticket));
          arrive(admission, priority, perSecond, random);
        });
  }

  private void follow(Admission<Work> admission, Admission.Change<Work> change) {
    for (Ticket<Work> ticket : change.run()) {
      executor.run(
          ranNanos -> {
            Work work = ticket.work();
            long took = time.now() - work.sentNanos();
            if (took <= DEADLINE) {
              of(answered, work.priority()).add(took);
            } else {
              late++;
            }
            follow(admission, admission.onEnd(time.now(), ticket, ranNanos));
          });
    }
    for (Admission.Refused<Work> no : change.refused()) {
      Work work = no.ticket().work();
      refused.merge(work.priority(), 1, Integer::sum);
      slowestRefusal = Math.max(slowestRefusal, time.now() - work.sentNanos());
    }
    expired += change.expired().size();
  }

  private static <T> T of(Map<Priority, T> byClass, Priority priority) {
    return Objects.requireNonNull(byClass.get(priority));
  }

  private static double millis(List<Long> nanos, double quantile) {
    Collections.sort(nanos);
    return nanos.get((int) Math.ceil(quantile * nanos.size()) - 1) / (double) MILLI;
  }
}
