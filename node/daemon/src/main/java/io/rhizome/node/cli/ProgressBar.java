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

  /** Shows how many bytes are done, and a few words of at most the same length each time. */
  void show(long done, long total, String words) {
    draw(done, total, "%d of %d KiB%-16s".formatted(done >> 10, total >> 10, words));
  }

  /** The same for what is counted. */
  void showCount(long done, long total, String words) {
    draw(done, total, "%d of %d%-24s".formatted(done, total, words));
  }

  private void draw(long done, long total, String text) {
    if (!terminal || total <= 0) {
      return;
    }
    int filled = (int) (Math.min(done, total) * WIDTH / total);
    err.printf(
        "\r[%s%s] %s%s",
        "#".repeat(filled),
        " ".repeat(WIDTH - filled),
        text,
        done >= total ? System.lineSeparator() : "");
    err.flush();
  }
}
