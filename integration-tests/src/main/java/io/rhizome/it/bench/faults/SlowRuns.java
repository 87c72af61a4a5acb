// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import io.rhizome.it.Checkout;
import io.rhizome.it.NativeLibrary;
import io.rhizome.it.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes a node's runs take 50 times as long, at a moment of our choice, and nothing else of it
 * slower: gossip, connections and what it says of its load are as prompt as ever. A library in C
 * stretches the waits of the executor's threads, which is all that a timer model does.
 */
final class SlowRuns {
  static final int FACTOR = 50;

  /** The start of the threads' names, as long as Linux keeps them. */
  private static final String THREADS = "rhizome-executo";

  private final Path library;

  private SlowRuns(Path library) {
    this.library = library;
  }

  /** Builds the library in a directory; there must be a C compiler. */
  static SlowRuns build(Checkout checkout, Path directory)
      throws IOException, InterruptedException {
    return new SlowRuns(NativeLibrary.build(checkout, "slowruns", directory));
  }

  /** From its next start on, a node can be slowed. */
  void prepare(NodeProcess node) {
    node.setEnvironment("LD_PRELOAD", library.toString());
    node.setEnvironment("SLOW_RUNS_FILE", mark(node).toString());
    node.setEnvironment("SLOW_RUNS_THREADS", THREADS);
    node.setEnvironment("SLOW_RUNS_FACTOR", Integer.toString(FACTOR));
  }

  private Path mark(NodeProcess node) {
    return library.resolveSibling("slow-" + node.name());
  }

  /** Its runs are slow from now on. */
  void begin(NodeProcess node) throws IOException {
    Files.createFile(mark(node));
  }

  /** Its runs are as they were. */
  void end(NodeProcess node) throws IOException {
    Files.deleteIfExists(mark(node));
  }
}
