// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.scheduler.VirtualTime;
import java.util.IntSummaryStatistics;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limit against an executor under virtual time. */
class ConcurrencyLimitTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final long RUN = 20 * MILLI;

  private final VirtualTime time = new VirtualTime();

  /** As many requests as the limit lets through, always. */
  private final class Saturation {
    final Workers executor;
    final ConcurrencyLimit limit;
    int running;
    long ranNanos;
    int changes;

    Saturation(int workers, ConcurrencyLimit limit, LongSupplier runNanos) {
      this.executor = new Workers(time, workers, runNanos);
      this.limit = limit;
      fill();
    }

    void fill() {
      while (running < limit.now()) {
        running++;
        long handed = time.now();
        executor.run(ran -> ended(handed, ran));
      }
    }

    void ended(long handed, long ran) {
      running--;
      ranNanos += ran;
      limit.onReached();
      int before = limit.now();
      limit.onEnd(time.now(), ran, time.now() - handed);
      changes += limit.now() == before ? 0 : 1;
      fill();
    }

    IntSummaryStatistics limitsOver(int seconds) {
      IntSummaryStatistics limits = new IntSummaryStatistics();
      for (int i = 0; i < 20 * seconds; i++) {
        time.pass(SECOND / 20);
        limits.accept(limit.now());
      }
      return limits;
    }
  }

  private static LongSupplier exponential(long seed) {
    Random random = new Random(seed);
    return () -> Math.round(-StrictMath.log(1 - random.nextDouble()) * RUN);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "4", "16"})
  void settlesJustAboveWhatTheExecutorRunsAtOnce(int workers) {
    for (int start : new int[] {1, workers, 4 * workers}) {
      for (int seed = 0; seed < 4; seed++) {
        LongSupplier runNanos = seed == 0 ? () -> RUN : exponential(seed);
        Saturation load = new Saturation(workers, new ConcurrencyLimit(start, 256), runNanos);
        time.pass(10 * SECOND);
        load.ranNanos = 0;
        load.changes = 0;

        IntSummaryStatistics limits = load.limitsOver(30);

        String what = "workers %d, start %d, seed %d".formatted(workers, start, seed);
        int most = (int) (1.3 * workers + 1);
        assertWithin(limits, workers, most);
        assertThat(load.ranNanos / (30.0 * SECOND * workers)).as(what).isGreaterThan(0.95);
        assertThat(load.changes).as(what).isLessThan(30);
      }
    }
  }

  private static void assertWithin(IntSummaryStatistics limits, int least, int most) {
    assertThat(limits.getMin()).as("%s", limits).isGreaterThanOrEqualTo(least);
    assertThat(limits.getMax()).as("%s", limits).isLessThanOrEqualTo(most);
  }

  @Test
  void followsAnExecutorThatLosesWorkersAndGetsThemBack() {
    Saturation load = new Saturation(16, new ConcurrencyLimit(16, 256), exponential(1));
    time.pass(10 * SECOND);

    load.executor.resize(4);
    time.pass(2 * SECOND);
    assertWithin(load.limitsOver(20), 4, 6);

    load.executor.resize(16);
    time.pass(12 * SECOND);
    assertWithin(load.limitsOver(20), 16, 21);
  }

  @Test
  void runsThatTakeLongerAreNoReasonToRunFewer() {
    long[] run = {RUN};
    Saturation load = new Saturation(16, new ConcurrencyLimit(16, 256), () -> run[0]);
    time.pass(10 * SECOND);

    run[0] = 10 * RUN;
    assertWithin(load.limitsOver(20), 16, 21);
    run[0] = RUN;
    assertWithin(load.limitsOver(20), 16, 21);
  }

  @Test
  void recoversFromAStall() {
    Saturation load = new Saturation(16, new ConcurrencyLimit(16, 256), () -> RUN);
    time.pass(10 * SECOND);

    load.executor.resize(0);
    time.pass(2 * SECOND);
    load.executor.resize(16);
    time.pass(3 * SECOND);

    assertWithin(load.limitsOver(10), 16, 21);
  }

  @Test
  void doesNotMoveWhileFewRequestsCome() {
    ConcurrencyLimit limit = new ConcurrencyLimit(16, 256);
    for (int i = 0; i < 10_000; i++) {
      time.pass(10 * MILLI);
      limit.onEnd(time.now(), RUN, RUN);
      assertThat(limit.now()).isEqualTo(16);
    }
  }

  @Test
  void theTimeThatThreadsTakeToWakeIsNotWaiting() {
    ConcurrencyLimit limit = new ConcurrencyLimit(16, 16);
    for (int i = 0; i < 10_000; i++) {
      time.pass(MILLI);
      limit.onReached();
      limit.onEnd(time.now(), 10_000, 200_000);
      assertThat(limit.now()).isEqualTo(16);
    }
  }

  @Test
  void isNeverBelowOneNorAboveItsMost() {
    ConcurrencyLimit limit = new ConcurrencyLimit(4, 8);
    for (int i = 0; i < 1_000; i++) {
      time.pass(10 * MILLI);
      limit.onReached();
      limit.onEnd(time.now(), MILLI, 10 * MILLI);
      assertThat(limit.now()).isBetween(1, 4);
    }
    assertThat(limit.now()).isEqualTo(1);
    for (int i = 0; i < 20_000; i++) {
      time.pass(10 * MILLI);
      limit.onReached();
      limit.onEnd(time.now(), MILLI, MILLI);
      assertThat(limit.now()).isBetween(1, 8);
    }
    assertThat(limit.now()).isEqualTo(8);
  }

  @Test
  void whatMetTheQueueOfAnotherLimitIsNotCounted() {
    ConcurrencyLimit limit = new ConcurrencyLimit(64, 64);
    end(limit, 11, 10 * MILLI, 25 * MILLI, 100 * MILLI);
    assertThat(limit.now()).isEqualTo(32);
    // Handed over before that, and so no news.
    end(limit, 100, 10 * MILLI, 25 * MILLI, MILLI / 10);
    assertThat(limit.now()).isEqualTo(32);
  }

  private void end(ConcurrencyLimit limit, int times, long ran, long took, long over) {
    for (int i = 0; i < times; i++) {
      time.pass(over / 10);
      limit.onEnd(time.now(), ran, took);
    }
  }

  @Test
  void senselessTimesDoNoHarm() {
    ConcurrencyLimit limit = new ConcurrencyLimit(4, 8);
    long[] times = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE};
    for (int i = 0; i < 1_000; i++) {
      time.pass(20 * MILLI);
      limit.onReached();
      limit.onEnd(time.now(), times[i % 4], times[i / 4 % 4]);
      assertThat(limit.now()).isBetween(1, 8);
    }
  }
}
