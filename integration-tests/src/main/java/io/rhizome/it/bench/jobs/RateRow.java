// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.Checkout;
import io.rhizome.it.bench.Compilers;
import io.rhizome.it.bench.Samples;
import io.rhizome.it.bench.faults.ClosedLoop;
import io.rhizome.it.bench.faults.Complaints;
import io.rhizome.it.bench.faults.Ending;
import io.rhizome.it.bench.faults.Readings;
import io.rhizome.it.bench.faults.Recording;
import io.rhizome.it.bench.faults.Scale;
import io.rhizome.it.bench.faults.TimerRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** How fast jobs are accepted and done, and what that does to interactive requests. */
final class RateRow implements Row {
  private static final int ASKED = 1;
  private static final int REQUEST_BYTES = 4;
  private static final String INTERACTIVE = "interactive";
  private static final double SHARE = 0.5;

  /** Items per second that are required. */
  private static final double REQUIRED = 1_000;

  private static final long FORCE_MILLIS = 10;
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "rate";
  }

  private static int mostWarmings(Scale scale) {
    return scale.of(24, 2);
  }

  private static int mostPacedWarmings(Scale scale) {
    return scale.of(24, 4);
  }

  private static Duration warming(Scale scale) {
    return scale.seconds(5, 2);
  }

  private static Duration length(Scale scale) {
    return scale.seconds(20, 5);
  }

  private static Duration longer(Scale scale) {
    return scale.seconds(60, 5);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "jobs of %,d items, one after the other, until the compilers of all processes use %.0f%% of a"
            .formatted(Sizes.items(scale), 100 * Compilers.DONE),
        "core at most during one, %d times at most; one more such job, from when it is accepted"
            .formatted(mostWarmings(scale)),
        "until all are done (items_per_s), the write-ahead log as by default: written, not forced,",
        "before an answer; one interactive client for %d s without jobs, and for %d s while jobs of %d"
            .formatted(length(scale).toSeconds(), length(scale).toSeconds(), Sizes.PACED),
        "items are submitted to the nodes in turn at half that rate, once the compilers use no more",
        "than that during %d s of it, %d times at most; ratio: of the 99th percentiles of its latency;"
            .formatted(warming(scale).toSeconds(), mostPacedWarmings(scale)),
        "then the same jobs for %d s more (submit: until accepted, from when it should"
            .formatted(length(scale).toSeconds()),
        "have been sent), while every %d ms 4 KiB are written and forced to disk beside a node's jobs"
            .formatted(FORCE_MILLIS),
        "(forced); the three nodes share that disk; the same once more at the rate that is required,",
        "%.0f items/s, for %d s, and the client beside half of that"
            .formatted(REQUIRED, longer(scale).toSeconds()));
  }

  @Override
  public boolean shares() {
    return true;
  }

  @Override
  public JobsMesh found(Checkout checkout) throws IOException, InterruptedException {
    return JobsMesh.onLoopback(checkout, Sizes.NODES);
  }

  @Override
  public Readings run(JobsMesh mesh, Scale scale) throws IOException, InterruptedException {
    mesh.start();
    warm(mesh, scale);
    double rate = perSecond(mesh, "long", Sizes.items(scale));
    Readings readings = new Readings().with("items_per_s", rate);
    Recording warming = interactive(mesh, warming(scale));
    Recording idle = interactive(mesh, length(scale));
    Recording busy = busy(mesh, scale, "half", rate * SHARE, readings);
    Recording required = busy(mesh, scale, "required", REQUIRED * SHARE, readings);
    System.out.printf(
        "  interactive requests: %d to warm up, %d without jobs, %d at half the rate, %d at half of"
            + " the required%n",
        warming.count(), idle.count(), busy.count(), required.count());
    submit(mesh, length(scale), "submit", rate * SHARE, readings);
    submit(mesh, longer(scale), "submit_required", REQUIRED, readings);
    double idle99 = idle.quantileMillis(Ending.ANSWERED, 0.99);
    double busy99 = busy.quantileMillis(Ending.ANSWERED, 0.99);
    return readings
        .with("idle_p50_ms", idle.quantileMillis(Ending.ANSWERED, 0.5))
        .with("idle_p99_ms", idle99)
        .with("busy_p50_ms", busy.quantileMillis(Ending.ANSWERED, 0.5))
        .with("busy_p99_ms", busy99)
        .with("interactive_failed", failed(busy) + failed(required))
        .with("interactive_ratio", busy99 / idle99)
        .with(
            "interactive_required_ratio", required.quantileMillis(Ending.ANSWERED, 0.99) / idle99);
  }

  private static int failed(Recording recording) {
    return recording.count() - recording.count(Ending.ANSWERED);
  }

  private static double perSecond(JobsMesh mesh, String job, int items)
      throws InterruptedException {
    var unused = mesh.client(ASKED).submit(job, items);
    long from = System.nanoTime();
    mesh.awaitDone(ASKED, job, items);
    return items / ((System.nanoTime() - from) / 1e9);
  }

  private static void warm(JobsMesh mesh, Scale scale) throws IOException, InterruptedException {
    new Compilers(mesh.pids())
        .awaitDone(
            mostWarmings(scale),
            number -> {
              double rate = perSecond(mesh, "warm-" + number, Sizes.items(scale));
              return "warming %d: %.0f items/s".formatted(number, rate);
            });
  }

  private static void warmPaced(JobsMesh mesh, Scale scale)
      throws IOException, InterruptedException {
    new Compilers(mesh.pids())
        .awaitDone(
            mostPacedWarmings(scale),
            number -> {
              var unused = interactive(mesh, warming(scale));
              return "warming %d at that pace".formatted(number);
            });
  }

  private static void submit(
      JobsMesh mesh, Duration length, String name, double itemsPerSecond, Readings readings)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + length.toNanos();
    try (Pace pace = Pace.of(clients(mesh), name, Sizes.PACED, itemsPerSecond / Sizes.PACED);
        ForcedWrites forced = ForcedWrites.in(mesh.node(ASKED).directory())) {
      while (System.nanoTime() < end) {
        forced.write();
        Thread.sleep(FORCE_MILLIS);
      }
      pace.stop();
      with(readings, name, pace.samples());
      with(readings, name + "_forced", Samples.merged(List.of(forced.samples())));
    }
    mesh.awaitAllDone(ASKED);
  }

  private static List<JobClient> clients(JobsMesh mesh) {
    return IntStream.rangeClosed(1, mesh.size()).mapToObj(mesh::client).toList();
  }

  private static void with(Readings readings, String name, Samples samples) {
    readings
        .with(name + "_p50_ms", samples.quantile(0.5) / 1e6)
        .with(name + "_p99_ms", samples.quantile(0.99) / 1e6);
  }

  private static Recording interactive(JobsMesh mesh, Duration length) throws InterruptedException {
    Complaints complaints = new Complaints();
    byte[] request = TimerRequest.encode(JobsMesh.MODEL, REQUEST_BYTES);
    int port = mesh.node(ASKED).apiPort();
    try (ClosedLoop load =
        new ClosedLoop(port, mesh.names(), 1, request, INTERACTIVE, complaints)) {
      Thread.sleep(length.toMillis());
      Recording found = load.stop();
      complaints.lines().forEach(line -> System.out.println("  failed: " + line));
      return found;
    }
  }

  private static Recording busy(
      JobsMesh mesh, Scale scale, String name, double itemsPerSecond, Readings readings)
      throws IOException, InterruptedException {
    List<JobClient> clients = clients(mesh);
    try (Pace pace = Pace.of(clients, name, Sizes.PACED, itemsPerSecond / Sizes.PACED)) {
      warmPaced(mesh, scale);
      long before = clients.get(0).done(CALL_LIMIT);
      long from = System.nanoTime();
      Recording busy = interactive(mesh, length(scale));
      double seconds = (System.nanoTime() - from) / 1e9;
      long after = clients.get(0).done(CALL_LIMIT);
      pace.stop();
      readings
          .with(name + "_wanted_per_s", itemsPerSecond)
          .with(name + "_items_per_s", (after - before) / seconds);
      mesh.awaitAllDone(ASKED);
      return busy;
    }
  }
}
