// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Random kills, hangs and cuts of one holder at a time, until so many requests have ended. */
final class SoakRow implements Row {
  private static final List<Fault> FAULTS = List.of(Fault.KILL, Fault.HANG, Fault.RELAY);
  private static final long LEAST_MILLIS = 200;
  private static final long MOST_MILLIS = 3_000;
  private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(6);

  @Override
  public String name() {
    return "soak";
  }

  @Override
  public Stage stage() {
    return Stage.LINKS;
  }

  private static int requests(Scale scale) {
    return scale.of(100_000, 6_000);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "%,d requests while one holder at a time is killed, hung or cut off from the entry for"
            .formatted(requests(scale)),
        "%d to %d ms, then both answer again; seed %d"
            .formatted(LEAST_MILLIS, MOST_MILLIS, scale.seed()));
  }

  @Override
  public Readings run(FaultMesh mesh, Scale scale) throws IOException, InterruptedException {
    RandomGenerator random = new Random(scale.seed());
    Complaints complaints = new Complaints();
    long began = System.nanoTime();
    try (ClosedLoop load = mesh.load(complaints)) {
      mesh.settle(load);
      int faults = 0;
      while (load.ended() < requests(scale) && System.nanoTime() - began < LIMIT_NANOS) {
        befall(mesh, random);
        mesh.settle(load);
        faults++;
        Thread.sleep(random.nextLong(LEAST_MILLIS, MOST_MILLIS));
      }
      Recording all = load.stop();
      System.out.printf(
          "  %d faults in %.0f s; gap %.0f ms%n",
          faults, (System.nanoTime() - began) / 1e9, all.longestGapMillis());
      complaints.lines().forEach(line -> System.out.println("  failed: " + line));
      return new Readings().with(all).with("faults", faults);
    }
  }

  private static void befall(FaultMesh mesh, RandomGenerator random)
      throws IOException, InterruptedException {
    Fault fault = FAULTS.get(random.nextInt(FAULTS.size()));
    int holder = FaultMesh.HOLDERS.get(random.nextInt(FaultMesh.HOLDERS.size()));
    fault.begin(mesh, holder, 0);
    try {
      Thread.sleep(random.nextLong(LEAST_MILLIS, MOST_MILLIS));
    } finally {
      fault.end(mesh, holder);
    }
  }
}
