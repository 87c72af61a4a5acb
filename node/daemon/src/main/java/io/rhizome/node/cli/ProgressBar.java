// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import java.io.PrintWriter;

/** One line on standard error that grows, where that is a terminal; else nothing. */
final class ProgressBar {
  private static final int WIDTH = 40;

  private final PrintWriter err;
  private final boolean terminal;

  ProgressBar(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /** A bar on this process's standard error; the launcher knows whether that is a terminal. */
  static ProgressBar on(PrintWriter err) {
    return new ProgressBar(err, Boolean.getBoolean("rhizome.terminal"));
  }

  /** Shows how much is done, and a few words of at most the same length each time. */
  void show(long done, long total, String words) {
    if (!terminal || total <= 0) {
      return;
    }
    int filled = (int) (Math.min(done, total) * WIDTH / total);
    err.printf(
        "\r[%s%s] %d of %d KiB%-16s%s",
        "#".repeat(filled),
        " ".repeat(WIDTH - filled),
        done >> 10,
        total >> 10,
        words,
        done >= total ? System.lineSeparator() : "");
    err.flush();
  }
}
