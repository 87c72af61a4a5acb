// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.grpc.StatusRuntimeException;
import io.rhizome.it.Checkout;
import io.rhizome.it.bench.Median;
import io.rhizome.it.bench.ProcessCounters;
import io.rhizome.it.bench.faults.Readings;
import io.rhizome.it.bench.faults.Scale;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.awaitility.Awaitility;

/** What jobs cost a node that has none to do. */
final class IdleRow implements Row {
  private static final Duration READY_LIMIT = Duration.ofMinutes(1);
  private static final Duration STORE_LIMIT = Duration.ofMinutes(1);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(20);

  @Override
  public String name() {
    return "idle";
  }

  /** A glance comes after rows that warmed the machine up. */
  private static int warmings(Scale scale) {
    return scale.of(1, 0);
  }

  private static int rounds(Scale scale) {
    return scale.of(3, 1);
  }

  /** When memory is read, counted from the start. */
  private static Duration wait(Scale scale) {
    return scale.seconds(20, 5);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "a mesh of one node without a model, started with jobs and without in turn: %d times to warm"
            .formatted(warmings(scale)),
        "up, then %d times, measured, medians; rss_mb: VmRSS with jobs minus without, %d s after the"
            .formatted(rounds(scale), wait(scale).toSeconds()),
        "start; ready_delay_s: from the start to the line `ready:`, with jobs minus without; store_s:",
        "from that line until the node says what jobs there are");
  }

  @Override
  public JobsMesh found(Checkout checkout) throws IOException, InterruptedException {
    return JobsMesh.onLoopback(checkout, 1);
  }

  /**
   * One start.
   *
   * @param readySeconds from the start of the process until it is ready
   * @param storeSeconds from then until it says what jobs there are; 0 without jobs
   * @param residentMb what it takes after a while
   */
  private record Start(double readySeconds, double storeSeconds, double residentMb) {}

  @Override
  public Readings run(JobsMesh mesh, Scale scale) throws IOException, InterruptedException {
    int rounds = rounds(scale);
    Start[] with = new Start[rounds];
    Start[] without = new Start[rounds];
    for (int i = -warmings(scale); i < rounds; i++) {
      Duration wait = i < 0 ? Duration.ZERO : wait(scale);
      Start one = start(mesh, true, wait);
      Start other = start(mesh, false, wait);
      if (i >= 0) {
        with[i] = one;
        without[i] = other;
      }
    }
    double rssWith = median(with, Start::residentMb);
    double rssWithout = median(without, Start::residentMb);
    double readyWith = median(with, Start::readySeconds);
    double readyWithout = median(without, Start::readySeconds);
    return new Readings()
        .with("rss_with_mb", rssWith)
        .with("rss_without_mb", rssWithout)
        .with("rss_mb", rssWith - rssWithout)
        .with("ready_with_s", readyWith)
        .with("ready_without_s", readyWithout)
        .with("ready_delay_s", readyWith - readyWithout)
        .with("store_s", median(with, Start::storeSeconds));
  }

  private static double median(Start[] starts, ToDoubleFunction<Start> what) {
    return Median.of(Arrays.stream(starts).mapToDouble(what).toArray());
  }

  private static Start start(JobsMesh mesh, boolean jobs, Duration wait)
      throws IOException, InterruptedException {
    long started = System.nanoTime();
    mesh.launch(1, "--set", "jobs.enabled=" + jobs);
    double ready = mesh.node(1).awaitReady(READY_LIMIT).toNanos() / 1e9;
    long readied = System.nanoTime();
    double store = 0;
    if (jobs) {
      mesh.client(1).reconnect();
      Awaitility.await("the node's jobs")
          .atMost(STORE_LIMIT)
          .pollInterval(LOOK)
          .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
          .until(() -> mesh.client(1).done(CALL_LIMIT) >= 0);
      store = (System.nanoTime() - readied) / 1e9;
    }
    Thread.sleep(Math.max(0, wait.toMillis() - (System.nanoTime() - started) / 1_000_000));
    double resident = ProcessCounters.residentMb(mesh.node(1).pid());
    mesh.node(1).terminate();
    mesh.node(1).awaitExit(STOP_LIMIT);
    return new Start(ready, store, resident);
  }
}
