// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.Checkout;
import io.rhizome.it.bench.faults.Readings;
import io.rhizome.it.bench.faults.Scale;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All rows, each on a mesh of its own: what one left could be in the next one's way. For a glance
 * those that may share one, for to found it takes longer than some rows do. For one thread.
 */
final class Rows implements AutoCloseable {
  /** In the order in which they run; that of the disks leaves nothing to share. */
  static final List<Row> ALL =
      List.of(
          new KillRow(),
          new HangRow(),
          new RateRow(),
          new DiskRow(),
          new PartitionRow(),
          new SitesRow(),
          new IdleRow());

  private final Checkout checkout;
  private final Scale scale;
  private @Nullable JobsMesh shared;

  Rows(Checkout checkout, Scale scale) {
    this.checkout = checkout;
    this.scale = scale;
  }

  /** The row of that name. */
  static Optional<Row> named(String name) {
    return ALL.stream().filter(row -> row.name().equals(name)).findFirst();
  }

  /**
   * Runs one. Says what it does, and what it found.
   *
   * @return nothing where it cannot run here, or did not end well, of which this tells
   */
  Readings run(Row row) throws IOException, InterruptedException {
    System.out.println(row.name() + ":");
    row.method(scale).forEach(line -> System.out.println("  " + line));
    Optional<String> missing = row.missing();
    if (missing.isPresent()) {
      System.out.println("  SKIPPED: " + missing.get());
      return new Readings();
    }
    long began = System.nanoTime();
    try {
      Readings readings = measured(row);
      readings
          .values()
          .forEach((name, value) -> System.out.println("  " + name + " " + text(value)));
      System.out.printf("  took %.0f s%n", (System.nanoTime() - began) / 1e9);
      return readings;
    } catch (IOException | RuntimeException e) {
      System.out.println("  BROKE OFF: " + e);
      close();
      return new Readings();
    }
  }

  private Readings measured(Row row) throws IOException, InterruptedException {
    if (scale.quick() && row.shares()) {
      JobsMesh mesh = shared == null ? found(row) : shared;
      shared = mesh;
      return measure(row, mesh);
    }
    close();
    try (JobsMesh mesh = found(row)) {
      return measure(row, mesh);
    }
  }

  private JobsMesh found(Row row) throws IOException, InterruptedException {
    JobsMesh mesh = row.found(checkout);
    if (scale.quick()) {
      mesh.useQuickJit();
    }
    return mesh;
  }

  /** Ends the mesh that was shared. */
  @Override
  public void close() {
    JobsMesh last = shared;
    shared = null;
    if (last != null) {
      last.close();
    }
  }

  private Readings measure(Row row, JobsMesh mesh) throws IOException, InterruptedException {
    try {
      return row.run(mesh, scale);
    } catch (IOException | RuntimeException e) {
      System.out.println(mesh.logTails());
      throw e;
    }
  }

  private static String text(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : "%.3f".formatted(value);
  }
}
