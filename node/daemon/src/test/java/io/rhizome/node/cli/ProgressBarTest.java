// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final StringWriter err = new StringWriter();

  @Test
  void growsOnOneLineAndEndsIt() {
    ProgressBar bar = new ProgressBar(new PrintWriter(err), true);
    bar.show(2048, 8192, " from 3 peers");
    bar.show(8192, 8192, "");

    assertThat(err.toString())
        .startsWith("\r[" + "#".repeat(10) + " ".repeat(30) + "] 2 of 8 KiB from 3 peers")
        .contains("\r[" + "#".repeat(40) + "] 8 of 8 KiB")
        .endsWith(System.lineSeparator());
  }

  @Test
  void countsWhatHasNoBytes() {
    new ProgressBar(new PrintWriter(err), true).showCount(1, 4, ", 1 failed");

    assertThat(err.toString())
        .startsWith("\r[" + "#".repeat(10) + " ".repeat(30) + "] 1 of 4, 1 failed");
  }

  @Test
  void showsNothingWhereNobodyLooksOrThereIsNothingToDo() {
    new ProgressBar(new PrintWriter(err), false).show(1, 2, "");
    new ProgressBar(new PrintWriter(err), true).show(0, 0, "");
    assertThat(err.toString()).isEmpty();
  }
}
