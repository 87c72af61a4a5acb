// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import java.util.List;
import java.util.function.Consumer;

/**
 * One thing to measure under virtual time. The same seed gives the same readings, save those of
 * {@link Meter}. Single-threaded; several experiments may run at a time, each on its thread.
 */
public interface Experiment {
  /** Runs it. */
  List<Reading> run(long seed, Consumer<String> progress);
}
