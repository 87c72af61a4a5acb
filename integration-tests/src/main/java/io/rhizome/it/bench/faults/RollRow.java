// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.io.IOException;
import java.util.List;

/** The holders are restarted one after the other, each with time to drain, under load. */
final class RollRow implements Row {
  @Override
  public String name() {
    return "roll";
  }

  @Override
  public Stage stage() {
    return Stage.PLAIN;
  }

  private static int rounds(Scale scale) {
    return scale.of(2, 1);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        rounds(scale) + " times, one holder after the other: SIGTERM, start, both answer again");
  }

  @Override
  public Readings run(FaultMesh mesh, Scale scale) throws IOException, InterruptedException {
    Complaints complaints = new Complaints();
    try (ClosedLoop load = mesh.load(complaints)) {
      mesh.settle(load);
      long from = System.nanoTime();
      for (int round = 0; round < rounds(scale); round++) {
        for (int holder : FaultMesh.HOLDERS) {
          mesh.drain(holder);
          mesh.restart(holder);
          mesh.settle(load);
        }
      }
      long to = System.nanoTime();
      Recording all = load.stop();
      complaints.lines().forEach(line -> System.out.println("  failed: " + line));
      Recording rolling = all.span(from, to);
      return new Readings().with(rolling).with("gap_ms", rolling.longestGapMillis());
    }
  }
}
