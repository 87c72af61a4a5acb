// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome sim}: handed to the simulator, which is no part of a node. */
@Command(
    name = SimCommand.NAME,
    description = "Run a mesh under virtual time; see: rhizome sim run --help")
final class SimCommand implements Callable<Integer> {
  static final String NAME = "sim";

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "run FILE --seeds A..B [--policy NAME]... [--csv DIR] [--json]; list")
  List<String> words = List.of();

  @Override
  public Integer call() {
    ToolProvider simulator =
        ToolProvider.findFirst(NAME)
            .orElseThrow(() -> new IllegalStateException("the simulator is not in this build"));
    return simulator.run(
        spec.commandLine().getOut(), spec.commandLine().getErr(), words.toArray(String[]::new));
  }
}
