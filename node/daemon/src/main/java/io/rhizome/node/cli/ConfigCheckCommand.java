// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code rhizome config check}: every problem of the file, the environment and flags in one go.
 * Whether the ports are free and the identity files good is for {@code up} to say.
 */
@Command(
    name = "check",
    description = "Name every problem of a node's configuration; fail if there is one.")
final class ConfigCheckCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin ConfigFile file = new ConfigFile();

  @Override
  public Integer call() throws IOException {
    ConfigReport report = file.read();
    PrintWriter out = spec.commandLine().getOut();
    report.problems().forEach(out::println);
    report.warnings().forEach(warning -> out.println("warning: " + warning));
    int problems = report.problems().size();
    out.println(problems == 0 ? "good" : problems == 1 ? "1 problem" : problems + " problems");
    return problems == 0 ? 0 : Main.FAILED;
  }
}
