// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import io.rhizome.it.Table;
import io.rhizome.it.bench.Compilers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Twice what the holders can do arrives, a quarter of it interactive, the rest batch. */
final class OverloadRow implements Row {
  private static final int REQUEST_BYTES = 4;
  private static final double INTERACTIVE_SHARE = 0.5;
  private static final double BATCH_SHARE = 1.5;
  private static final List<String> KINDS = List.of("interactive", "batch");
  private static final int WARM_CLIENTS = 48;

  private static final long DEADLINE_NANOS =
      TimeUnit.MILLISECONDS.toNanos(TimerRequest.DEADLINE_MILLIS);

  @Override
  public String name() {
    return "overload";
  }

  @Override
  public Stage stage() {
    return Stage.WIDE;
  }

  private static Duration alone(Scale scale) {
    return scale.seconds(15, 5);
  }

  private static Duration warming(Scale scale) {
    return scale.seconds(10, 4);
  }

  private static int mostSpells(Scale scale) {
    return scale.of(12, 2);
  }

  private static Duration length(Scale scale) {
    return scale.seconds(30, 10);
  }

  @Override
  public List<String> method(Scale scale) {
    double capacity = stage().capacity();
    return List.of(
        "capacity %.0f requests/s; spells of %d s of the same arrivals, which do not count, until the"
            .formatted(capacity, warming(scale).toSeconds()),
        "compilers of all processes use %.0f%% of a core at most in one, %d times at most; one"
            .formatted(100 * Compilers.DONE, mostSpells(scale)),
        "interactive client for %d s; then arrivals drawn with seed"
            .formatted(alone(scale).toSeconds()),
        "%d (Poisson), %.0f/s interactive and %.0f/s batch, for %d s; latency from when a request"
            .formatted(
                scale.seed(),
                INTERACTIVE_SHARE * capacity,
                BATCH_SHARE * capacity,
                length(scale).toSeconds()),
        "should have been sent; goodput: answered in deadline, over capacity x time");
  }

  @Override
  public Readings run(FaultMesh mesh, Scale scale) throws IOException, InterruptedException {
    Complaints complaints = new Complaints();
    double before = mesh.counters().ejections();
    warm(mesh, scale);
    Recording alone = alone(mesh, scale, complaints);
    double capacity = stage().capacity();
    List<Recording> found = arrive(mesh, scale.seed(), length(scale), complaints);
    complaints.lines().forEach(line -> System.out.println("  failed: " + line));
    Readings readings = readings(alone, found.get(0), found.get(1));
    double good = 0;
    for (Recording ofKind : found) {
      good += ofKind.answeredWithin(DEADLINE_NANOS);
    }
    return readings
        .with("goodput", good / (capacity * length(scale).toSeconds()))
        .with("ejections", mesh.counters().ejections() - before);
  }

  private void warm(FaultMesh mesh, Scale scale) throws IOException, InterruptedException {
    try (ClosedLoop load = mesh.load(WARM_CLIENTS, REQUEST_BYTES, new Complaints())) {
      Thread.sleep(scale.seconds(5, 4).toMillis());
      var unused = load.stop();
    }
    mesh.compilers()
        .awaitDone(
            mostSpells(scale),
            number -> {
              var unused = arrive(mesh, scale.seed() + number, warming(scale), new Complaints());
              return "spell " + number;
            });
  }

  /** Sends it what arrives in that time, and gives what happened to each kind. */
  private List<Recording> arrive(FaultMesh mesh, long seed, Duration length, Complaints complaints)
      throws InterruptedException {
    double capacity = stage().capacity();
    Arrivals arrivals =
        Arrivals.poisson(
            new Random(seed),
            length.toNanos(),
            INTERACTIVE_SHARE * capacity,
            BATCH_SHARE * capacity);
    byte[] request = TimerRequest.encode(FaultMesh.MODEL, REQUEST_BYTES);
    try (OpenLoop load = new OpenLoop(mesh.entryPort(), request, KINDS, complaints)) {
      return load.run(arrivals);
    }
  }

  private static Recording alone(FaultMesh mesh, Scale scale, Complaints complaints)
      throws InterruptedException {
    byte[] request = TimerRequest.encode(FaultMesh.MODEL, REQUEST_BYTES);
    try (ClosedLoop load =
        new ClosedLoop(mesh.entryPort(), mesh.names(), 1, request, KINDS.get(0), complaints)) {
      Thread.sleep(alone(scale).toMillis());
      return load.stop();
    }
  }

  private static Readings readings(Recording alone, Recording interactive, Recording batch) {
    Table table =
        new Table(
            "class", "requests", "answered", "shed", "failed", "p50 ms", "p99 ms", "shed p99 ms");
    row(table, "one at a time", alone);
    row(table, KINDS.get(0), interactive);
    row(table, KINDS.get(1), batch);
    System.out.print(table);
    double alone99 = alone.quantileMillis(Ending.ANSWERED, 0.99);
    int requests = interactive.count() + batch.count();
    return new Readings()
        .with("requests", requests)
        .with("failed", interactive.count(Ending.FAILED) + batch.count(Ending.FAILED))
        .with("endless", interactive.longerThan(Endless.NANOS) + batch.longerThan(Endless.NANOS))
        .with("alone_requests", alone.count())
        .with("alone_p99_ms", alone99)
        .with("interactive_p50_ms", interactive.quantileMillis(Ending.ANSWERED, 0.5))
        .with("interactive_p99_ms", interactive.quantileMillis(Ending.ANSWERED, 0.99))
        .with("batch_p50_ms", batch.quantileMillis(Ending.ANSWERED, 0.5))
        .with("batch_p99_ms", batch.quantileMillis(Ending.ANSWERED, 0.99))
        .with("interactive_shed", share(interactive))
        .with("batch_shed", share(batch))
        .with(
            "reject_p99_ms",
            Math.max(
                interactive.quantileMillis(Ending.REJECTED, 0.99),
                batch.quantileMillis(Ending.REJECTED, 0.99)))
        .with(
            "reject_max_ms",
            Math.max(
                interactive.quantileMillis(Ending.REJECTED, 1),
                batch.quantileMillis(Ending.REJECTED, 1)))
        .with("p99_ratio", interactive.quantileMillis(Ending.ANSWERED, 0.99) / alone99);
  }

  private static double share(Recording recording) {
    return (double) recording.count(Ending.REJECTED) / Math.max(1, recording.count());
  }

  private static void row(Table table, String name, Recording recording) {
    table.row(
        name,
        recording.count(),
        recording.count(Ending.ANSWERED),
        "%.1f%%".formatted(100 * share(recording)),
        recording.count(Ending.FAILED),
        "%.1f".formatted(recording.quantileMillis(Ending.ANSWERED, 0.5)),
        "%.1f".formatted(recording.quantileMillis(Ending.ANSWERED, 0.99)),
        "%.1f".formatted(recording.quantileMillis(Ending.REJECTED, 0.99)));
  }
}
