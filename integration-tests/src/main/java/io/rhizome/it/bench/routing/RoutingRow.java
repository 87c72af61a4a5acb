// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.routing;

import io.rhizome.it.bench.RowMain;
import io.rhizome.simulator.routing.RoutingCatalogue;
import java.util.List;

/**
 * One experiment in this JVM: {@code NAME [--quick] [--seed N]}. Prints what it is about on
 * standard error, and on standard output a line {@code name value} for each figure. {@code live}
 * starts real nodes; the others need nothing but the classes of gossip, scheduler, simulator and
 * this package.
 */
public final class RoutingRow {
  private RoutingRow() {}

  /** See the class; exit status 2 for a wrong call. */
  public static void main(String[] args) throws InterruptedException {
    if (args.length > 0 && args[0].equals(LiveRow.NAME)) {
      LiveRow.main(List.of(args));
      return;
    }
    RowMain.run(RoutingCatalogue.NAMES, RoutingCatalogue::experiment, args);
  }
}
