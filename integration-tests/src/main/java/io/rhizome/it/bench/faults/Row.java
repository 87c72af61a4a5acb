// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.io.IOException;
import java.util.List;

/** One row of the table. */
interface Row {
  /** What {@code --row} calls it. */
  String name();

  /** What its nodes run on. */
  Stage stage();

  /** What it does and measures, in a few lines. */
  List<String> method(Scale scale);

  /** Measures; leaves the mesh as whole as it was. Prints what the readings do not say. */
  Readings run(FaultMesh mesh, Scale scale) throws IOException, InterruptedException;
}
