// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.cli;

import io.rhizome.simulator.scenario.ScenarioException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.spi.ToolProvider;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rhizome sim}. Exit status: 0 all held, 1 something broke, 2 wrong usage. */
@Command(
    name = "rhizome sim",
    description = "Run a mesh under virtual time.",
    mixinStandardHelpOptions = true,
    subcommands = {RunCommand.class, ListCommand.class})
public final class SimTool implements ToolProvider, Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  /** Where a launcher finds it. */
  public SimTool() {}

  @Override
  public String name() {
    return "sim";
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command? run or list");
  }

  @Override
  public int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine commands = new CommandLine(new SimTool());
    commands.setOut(out);
    commands.setErr(err);
    commands.setParameterExceptionHandler(
        (e, given) -> {
          err.println("rhizome: " + e.getMessage());
          err.println("try: " + e.getCommandLine().getCommandSpec().qualifiedName(" ") + " --help");
          return CommandLine.ExitCode.USAGE;
        });
    commands.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (!(e instanceof ScenarioException || e instanceof IOException)) {
            throw e;
          }
          err.println("rhizome: " + e.getMessage());
          return 1;
        });
    int status = commands.execute(args);
    out.flush();
    err.flush();
    return status;
  }

  /** Runs it without the launcher. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(new SimTool().run(out, err, args));
  }
}
