// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.rhizome.it.Checkout;
import java.io.IOException;
import java.util.List;

/** One thing to measure. */
public interface Benchmark {
  /** What {@code deploy/bench} calls it. */
  String name();

  /** How it measures, in a few lines, known before it runs. */
  List<String> method();

  /** Measures, printing what it is about and in the end a table. */
  Result run(Checkout checkout) throws IOException, InterruptedException;
}
