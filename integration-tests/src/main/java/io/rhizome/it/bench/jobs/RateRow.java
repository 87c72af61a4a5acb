// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.Checkout;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** How fast jobs are accepted and done, and what that does to interactive requests. */
final class RateRow implements Row {
  private static final int ASKED = 1;
  private static final int CLIENTS = 4;
  private static final int REQUEST_BYTES = 4;
  private static final String INTERACTIVE = "interactive";
  private static final double SHARE = 0.5;
  private static final long FORCE_MILLIS = 10;
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "rate";
  }

  private static int submissions(Scale scale) {
    return scale.of(50, 25);
  }

  private static Duration warming(Scale scale) {
    return scale.seconds(5, 3);
  }

  private static Duration length(Scale scale) {
    return scale.seconds(20, 6);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "a job of %,d items to warm up; %d clients, each of which submits %d jobs of %d items one"
            .formatted(Sizes.items(scale), CLIENTS, submissions(scale), Sizes.SMALL),
        "after the other (submit: until accepted), while every %d ms 4 KiB are written and forced"
            .formatted(FORCE_MILLIS),
        "to disk beside a node's jobs (forced); a job of %,d items, from when it is accepted until"
            .formatted(Sizes.items(scale)),
        "all are done (items_per_s), the write-ahead log as by default: written, not forced, before",
        "an answer; one interactive client for %d s without jobs, and for %d s while jobs of %d items"
            .formatted(length(scale).toSeconds(), length(scale).toSeconds(), Sizes.PACED),
        "are submitted at half that rate; ratio: of the 99th percentiles of its latency");
  }

  @Override
  public JobsMesh found(Checkout checkout) throws IOException, InterruptedException {
    return JobsMesh.onLoopback(checkout, Sizes.NODES);
  }

  @Override
  public Readings run(JobsMesh mesh, Scale scale) throws IOException, InterruptedException {
    mesh.start();
    int items = Sizes.items(scale);
    double unused = perSecond(mesh, "warm", items);
    Readings readings = new Readings();
    submit(mesh, scale, readings);
    double rate = perSecond(mesh, "long", items);
    readings.with("items_per_s", rate);
    Recording warming = interactive(mesh, warming(scale));
    Recording idle = interactive(mesh, length(scale));
    Recording busy = halfBusy(mesh, scale, rate * SHARE, readings);
    System.out.printf(
        "  interactive requests: %d to warm up, %d without jobs, %d with%n",
        warming.count(), idle.count(), busy.count());
    double idle99 = idle.quantileMillis(Ending.ANSWERED, 0.99);
    double busy99 = busy.quantileMillis(Ending.ANSWERED, 0.99);
    return readings
        .with("idle_p50_ms", idle.quantileMillis(Ending.ANSWERED, 0.5))
        .with("idle_p99_ms", idle99)
        .with("busy_p50_ms", busy.quantileMillis(Ending.ANSWERED, 0.5))
        .with("busy_p99_ms", busy99)
        .with("interactive_failed", busy.count() - busy.count(Ending.ANSWERED))
        .with("interactive_ratio", busy99 / idle99);
  }

  private static double perSecond(JobsMesh mesh, String job, int items)
      throws InterruptedException {
    var unused = mesh.client(ASKED).submit(job, items);
    long from = System.nanoTime();
    mesh.awaitDone(ASKED, job, items);
    return items / ((System.nanoTime() - from) / 1e9);
  }

  private static void submit(JobsMesh mesh, Scale scale, Readings readings)
      throws IOException, InterruptedException {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (ForcedWrites forced = ForcedWrites.in(mesh.node(ASKED).directory())) {
      List<Future<Samples>> parts = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        parts.add(clients.submit(() -> submitAs(mesh, number, submissions(scale))));
      }
      while (!parts.stream().allMatch(Future::isDone)) {
        forced.write();
        Thread.sleep(FORCE_MILLIS);
      }
      List<Samples> took = new ArrayList<>();
      for (Future<Samples> part : parts) {
        took.add(part.get());
      }
      with(readings, "submit", Samples.merged(took));
      with(readings, "forced", Samples.merged(List.of(forced.samples())));
    } catch (ExecutionException e) {
      throw new IOException("a job was not accepted: " + e.getCause(), e);
    } finally {
      clients.shutdownNow();
    }
    mesh.awaitAllDone(ASKED);
  }

  /** The first submission, which has the connection's making in it, does not count. */
  private static Samples submitAs(JobsMesh mesh, int client, int count)
      throws InterruptedException {
    Samples samples = new Samples();
    int port = mesh.node(1 + client % mesh.size()).apiPort();
    try (JobClient jobs = new JobClient("127.0.0.1", port)) {
      for (int i = 0; i <= count; i++) {
        long from = System.nanoTime();
        var unused = jobs.submit("small-" + client + "-" + i, Sizes.SMALL);
        if (i > 0) {
          samples.add(System.nanoTime() - from);
        }
      }
    }
    return samples;
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

  private static Recording halfBusy(
      JobsMesh mesh, Scale scale, double itemsPerSecond, Readings readings)
      throws InterruptedException {
    List<JobClient> clients = IntStream.rangeClosed(1, mesh.size()).mapToObj(mesh::client).toList();
    try (Pace pace = Pace.of(clients, "half", itemsPerSecond / Sizes.PACED)) {
      Thread.sleep(warming(scale).toMillis());
      long before = clients.get(0).done(CALL_LIMIT);
      long from = System.nanoTime();
      Recording busy = interactive(mesh, length(scale));
      double seconds = (System.nanoTime() - from) / 1e9;
      long after = clients.get(0).done(CALL_LIMIT);
      pace.stop();
      readings
          .with("half_wanted_per_s", itemsPerSecond)
          .with("half_items_per_s", (after - before) / seconds);
      return busy;
    }
  }
}
