// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.Checkout;
import io.rhizome.it.bench.faults.Readings;
import io.rhizome.it.bench.faults.Scale;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One row of the table. */
interface Row {
  /** What {@code --row} calls it. */
  String name();

  /** What it does and measures, in a few lines. */
  List<String> method(Scale scale);

  /** Why it cannot run here; empty where it can. */
  default Optional<String> missing() throws IOException, InterruptedException {
    return Optional.empty();
  }

  /** The mesh that it runs on, of which no node runs yet. */
  JobsMesh found(Checkout checkout) throws IOException, InterruptedException;

  /**
   * Whether, for a glance, it may run where others of these ran, all on a mesh as it founds one.
   */
  default boolean shares() {
    return false;
  }

  /** Starts the mesh, unless it runs, and measures. Prints what the readings do not say. */
  Readings run(JobsMesh mesh, Scale scale) throws IOException, InterruptedException;
}
