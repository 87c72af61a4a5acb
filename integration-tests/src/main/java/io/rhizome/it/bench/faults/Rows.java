// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import io.rhizome.it.Checkout;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All rows, and the mesh that the one which runs has. For one thread. */
final class Rows implements AutoCloseable {
  /** In the order in which they run: rows of one stage after each other. */
  static final List<Row> ALL =
      List.of(
          new OutageRow(Fault.KILL),
          new OutageRow(Fault.HANG),
          new OutageRow(Fault.SLOW),
          new RollRow(),
          new CrowdRow(),
          new CancelRow(),
          new OutageRow(Fault.SILENT),
          new OutageRow(Fault.ONE_WAY),
          new OutageRow(Fault.RELAY),
          new LossyRow(),
          new SoakRow(),
          new OverloadRow());

  private final Checkout checkout;
  private final Scale scale;
  private @Nullable FaultMesh mesh;

  Rows(Checkout checkout, Scale scale) {
    this.checkout = checkout;
    this.scale = scale;
  }

  /** The row of that name. */
  static Optional<Row> named(String name) {
    return ALL.stream().filter(row -> row.name().equals(name)).findFirst();
  }

  /**
   * Runs one, on the mesh of the one before if that was of its stage and went well. Says what it
   * does, and what it found.
   *
   * @return nothing where it cannot run here, or did not end well, of which this tells
   */
  Readings run(Row row) throws IOException, InterruptedException {
    System.out.println(row.name() + ":");
    row.method(scale).forEach(line -> System.out.println("  " + line));
    Optional<String> missing =
        row.stage() == Stage.LINKS ? Links.missing() : Optional.<String>empty();
    if (missing.isPresent()) {
      System.out.println("  SKIPPED: " + missing.get());
      return new Readings();
    }
    long began = System.nanoTime();
    try {
      Readings readings = row.run(stage(row.stage()), scale);
      readings
          .values()
          .forEach((name, value) -> System.out.println("  " + name + " " + text(value)));
      System.out.printf("  took %.0f s%n", (System.nanoTime() - began) / 1e9);
      return readings;
    } catch (IOException | RuntimeException e) {
      System.out.println("  BROKE OFF: " + e);
      FaultMesh broken = mesh;
      if (broken != null) {
        System.out.println(broken.logTails());
      }
      close();
      return new Readings();
    }
  }

  private static String text(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : "%.3f".formatted(value);
  }

  private FaultMesh stage(Stage stage) throws IOException, InterruptedException {
    FaultMesh current = mesh;
    if (current != null && current.stage() == stage) {
      return current;
    }
    close();
    FaultMesh made = FaultMesh.found(checkout, stage);
    mesh = made;
    return made;
  }

  /** Stops what runs. */
  @Override
  public void close() {
    FaultMesh current = mesh;
    mesh = null;
    if (current != null) {
      current.close();
    }
  }
}
