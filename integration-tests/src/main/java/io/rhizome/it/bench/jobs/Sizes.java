// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.bench.faults.Scale;
import java.time.Duration;

/** What several rows have alike. */
final class Sizes {
  /** Nodes of one site that agree on its jobs. */
  static final int NODES = 3;

  /** Of a small job: what a node claims at once. */
  static final int SMALL = 16;

  /** Of a job of those that keep a rate: few enough jobs that it is items that are counted. */
  static final int PACED = 160;

  /** How long nodes may take to notice what befell the others. */
  static final Duration NOTICE = Duration.ofSeconds(10);

  private Sizes() {}

  /** Of a large job. */
  static int items(Scale scale) {
    return scale.of(20_000, 5_000);
  }
}
