// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/** Far more clients than the healthy holders have room for. */
final class CrowdRow implements Row {
  private static final int CLIENTS = 2_048;
  private static final int REQUEST_BYTES = 4;

  @Override
  public String name() {
    return "crowd";
  }

  @Override
  public Stage stage() {
    return Stage.PLAIN;
  }

  private static Duration length(Scale scale) {
    return scale.seconds(60, 10);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(CLIENTS + " clients for " + length(scale).toSeconds() + " s, all nodes well");
  }

  @Override
  public Readings run(FaultMesh mesh, Scale scale) throws IOException, InterruptedException {
    Complaints complaints = new Complaints();
    double before = mesh.counters().ejections().orElse(0);
    Recording all;
    try (ClosedLoop load = mesh.load(CLIENTS, REQUEST_BYTES, complaints)) {
      Thread.sleep(length(scale).toMillis());
      all = load.stop();
    }
    OptionalDouble after = mesh.counters().ejections();
    if (after.isEmpty()) {
      System.out.println("  (the entry has no rhizome_ejections_total; taken for 0)");
    }
    complaints.lines().forEach(line -> System.out.println("  failed: " + line));
    return new Readings().with(all).with("ejections", after.orElse(before) - before);
  }
}
