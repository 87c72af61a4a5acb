// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTableTest {
  private static final Machine MACHINE = new Machine("a cpu", 2, 1024, "17", "Linux");

  @Test
  void replacesTheTableByWhatTheResultsSay(@TempDir Path results) throws IOException {
    List<Figure> figures =
        List.of(
            Figure.required("ready_s", 1.4, 2.5),
            Figure.requiredAtLeast("ratio", 0.5, 0.4),
            Figure.reported("x", 12));
    new Result("start", List.of("how"), false, 0, figures, List.of())
        .write(results, new Commit("0123456789abcdef", false), MACHINE);
    String readme =
        """
        before
        <!-- figures: made by `deploy/bench readme` -->
        | old |
        <!-- end of figures -->
        after
        """;

    assertThat(ReadmeTable.update(readme, results))
        .isEqualTo(
            """
            before
            <!-- figures: made by `deploy/bench readme` -->
            | benchmark | figure | measured | required | machine, commit |
            |---|---|---|---|---|
            | `start` | `ready_s` | 1.400 | at most 2.500 | a cpu, 2 cores, Java 17, 0123456789 |
            | `start` | `ratio` | 0.500 | at least 0.400 | a cpu, 2 cores, Java 17, 0123456789 |
            | `start` | `x` | 12.0 | reported | a cpu, 2 cores, Java 17, 0123456789 |
            <!-- end of figures -->
            after
            """);
  }

  @Test
  void refusesAReadmeWithoutItsMarks(@TempDir Path results) {
    assertThatThrownBy(() -> ReadmeTable.update("# Rhizome", results))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("lacks the lines");
  }
}
