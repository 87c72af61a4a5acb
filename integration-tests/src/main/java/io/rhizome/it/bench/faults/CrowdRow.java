// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

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

  private static Duration warming(Scale scale) {
    return scale.seconds(10, 5);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "%d clients for %d s, all nodes well; what the same did in %d s before, while the nodes'"
            .formatted(CLIENTS, length(scale).toSeconds(), warming(scale).toSeconds()),
        "code was being compiled, is reported apart (cold)");
  }

  @Override
  public Readings run(FaultMesh mesh, Scale scale) throws IOException, InterruptedException {
    Readings cold = crowd(mesh, warming(scale));
    Readings warm = crowd(mesh, length(scale));
    return warm.with("cold_failed", cold.of("failed")).with("cold_ejections", cold.of("ejections"));
  }

  private static Readings crowd(FaultMesh mesh, Duration length)
      throws IOException, InterruptedException {
    Complaints complaints = new Complaints();
    double before = mesh.counters().ejections();
    Recording all;
    try (ClosedLoop load = mesh.load(CLIENTS, REQUEST_BYTES, complaints)) {
      Thread.sleep(length.toMillis());
      all = load.stop();
    }
    double ejections = mesh.counters().ejections() - before;
    complaints.lines().forEach(line -> System.out.println("  failed: " + line));
    return new Readings().with(all).with("ejections", ejections);
  }
}
