// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedScenariosTest {
  @TempDir Path dir;

  @ParameterizedTest
  @MethodSource("names")
  void holds(String name) {
    StringWriter out = new StringWriter();
    int status = sim(out, "run", name, "--seeds", "1..2");
    assertThat(status).as(out.toString()).isZero();
  }

  /** What differs between two processes, such as salted hashes, must not differ in a run. */
  @ParameterizedTest
  @MethodSource("names")
  void runsAlikeInTwoProcesses(String name) throws Exception {
    String first = inAnotherProcess("run", name, "--seeds", "1..2", "--json");
    String second = inAnotherProcess("run", name, "--seeds", "1..2", "--json");
    assertThat(first).contains("\"hash\":").isEqualTo(second);
  }

  @Test
  void writesALinePerSecondAndSeed() throws Exception {
    Path file = dir.resolve("mine.yaml");
    Files.writeString(file, "name: mine\nnodes: 3\nduration: 10s\n");
    StringWriter out = new StringWriter();
    int status =
        sim(out, "run", file.toString(), "--seeds", "3..4", "--csv", dir.resolve("csv").toString());
    assertThat(status).isZero();
    assertThat(out.toString()).contains("mine, seed 3: all held", "mine, seed 4: all held");
    List<String> lines = Files.readAllLines(dir.resolve("csv/mine-4.csv"));
    assertThat(lines.get(0)).startsWith("second,running,alive,suspect,dead,");
    assertThat(lines.size()).isGreaterThanOrEqualTo(11);
    assertThat(lines.get(10)).startsWith("10,3,6,0,0,");
  }

  @Test
  void aBrokenRunIsStatusOneAndAMistakeInTheFileIsSaid() throws Exception {
    Path file = dir.resolve("mine.yaml");
    Files.writeString(
        file, "nodes: 3\nduration: 10s\ntimeline: [{at: 5s, expect: {of: n02, as: left}}]\n");
    assertThat(sim(new StringWriter(), "run", file.toString())).isEqualTo(1);
    Files.writeString(file, "nodes: 3\nduration: ten\n");
    StringWriter text = new StringWriter();
    assertThat(sim(text, "run", file.toString())).isEqualTo(1);
    assertThat(text.toString()).startsWith("rhizome: " + file + ":2: duration: 'ten' is no");
  }

  static List<String> names() {
    return Shipped.NAMES;
  }

  private static int sim(StringWriter out, String... args) {
    PrintWriter writer = new PrintWriter(out, true);
    return ToolProvider.findFirst("sim").orElseThrow().run(writer, writer, args);
  }

  private static String inAnotherProcess(String... args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(SimTool.class.getName());
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return out;
  }
}
