// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.gossip;

import io.rhizome.it.bench.RowMain;
import io.rhizome.simulator.experiment.Catalogue;

/**
 * One experiment in this JVM: {@code NAME [--quick] [--seed N]}. Prints what it is about on
 * standard error, and on standard output a line {@code name value} for each figure. Needs nothing
 * but the classes of gossip, simulator and this package:
 *
 * <pre>
 * java -Xmx4g -cp gossip/target/classes:simulator/target/classes:integration-tests/target/classes \
 *     io.rhizome.it.bench.gossip.GossipRow hour --quick
 * </pre>
 */
public final class GossipRow {
  private GossipRow() {}

  /** See the class; exit status 2 for a wrong call. */
  public static void main(String[] args) {
    RowMain.run(
        Catalogue.NAMES,
        (name, quick) -> Catalogue.experiment(name, quick, new MachineMeter()),
        args);
  }
}
