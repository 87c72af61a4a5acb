// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One fault befalls the busier holder, again and again, under the load of eight clients.
 *
 * <p>What counts is from just before the fault is set off until it is over and both holders answer
 * again. The gap is the longest time between two answers that follow each other, over all clients:
 * the first of them may lie before the fault. A request that was under way when it began, counts.
 */
final class OutageRow implements Row {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Fault fault;

  OutageRow(Fault fault) {
    this.fault = fault;
  }

  @Override
  public String name() {
    return fault.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Stage stage() {
    return fault.stage();
  }

  private static int rounds(Scale scale) {
    return scale.of(6, 2);
  }

  private static Duration length(Scale scale) {
    return scale.seconds(4, 2);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "%d times, the busier holder: %s; for %d s"
            .formatted(rounds(scale), fault.what(), length(scale).toSeconds()));
  }

  @Override
  public Readings run(FaultMesh mesh, Scale scale) throws IOException, InterruptedException {
    String missing = fault.missing(mesh);
    if (!missing.isEmpty()) {
      System.out.println("  SKIPPED: " + missing);
      return new Readings();
    }
    Complaints complaints = new Complaints();
    List<Spell> spells = new ArrayList<>();
    try (ClosedLoop load = mesh.load(complaints)) {
      mesh.settle(load);
      for (int round = 0; round < rounds(scale); round++) {
        int victim = mesh.busier(load, LOOK);
        long from = System.nanoTime();
        fault.begin(mesh, victim, round);
        try {
          Thread.sleep(length(scale).toMillis());
        } finally {
          fault.end(mesh, victim);
        }
        mesh.settle(load);
        spells.add(new Spell(from, System.nanoTime()));
      }
      return readings(load.stop(), spells, complaints);
    }
  }

  private static Readings readings(Recording all, List<Spell> spells, Complaints complaints) {
    double gap = 0;
    double slowest = 0;
    for (int round = 0; round < spells.size(); round++) {
      Recording spell = all.span(spells.get(round).from(), spells.get(round).to());
      System.out.printf(
          "  round %d, %.1f s: %d requests, %d failed, gap %.0f ms, slowest %.0f ms%n",
          round + 1,
          (spells.get(round).to() - spells.get(round).from()) / 1e9,
          spell.count(),
          spell.count(Ending.FAILED) + spell.count(Ending.REJECTED),
          spell.longestGapMillis(),
          spell.slowestMillis());
      gap = Math.max(gap, spell.longestGapMillis());
      slowest = Math.max(slowest, spell.slowestMillis());
    }
    complaints.lines().forEach(line -> System.out.println("  failed: " + line));
    return new Readings().with(all).with("gap_ms", gap).with("slowest_ms", slowest);
  }
}
