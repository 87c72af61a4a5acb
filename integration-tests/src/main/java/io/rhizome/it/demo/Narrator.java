// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.demo;

import java.io.PrintStream;
import java.util.Locale;

/** Tells a person what happens, with the seconds since the start. */
final class Narrator {
  private final PrintStream out;
  private final long startNanos = System.nanoTime();

  Narrator(PrintStream out) {
    this.out = out;
  }

  /** A step begins. */
  void step(String format, Object... values) {
    out.println();
    out.printf(
        Locale.ROOT, "[%5.1f s] %s%n", seconds(), String.format(Locale.ROOT, format, values));
  }

  /** Something worth a line within a step. */
  void line(String format, Object... values) {
    out.println("          " + String.format(Locale.ROOT, format, values));
  }

  /** Text of several lines, as it is. */
  void text(Object text) {
    out.print(text);
  }

  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
