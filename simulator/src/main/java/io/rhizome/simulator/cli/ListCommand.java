// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.cli;

import io.rhizome.simulator.scenario.ScenarioException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rhizome sim list}. */
@Command(
    name = "list",
    description = "List the scenarios that come with it.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException, ScenarioException {
    for (String name : Shipped.NAMES) {
      spec.commandLine().getOut().printf("%-16s %s%n", name, Shipped.find(name).about());
    }
    return 0;
  }
}
