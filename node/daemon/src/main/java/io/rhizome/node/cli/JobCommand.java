// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rhizome job ...}. */
@Command(
    name = "job",
    description = "Run a model on many items, durably: submit, follow, read results.",
    subcommands = {
      JobSubmitCommand.class,
      JobListCommand.class,
      JobStatusCommand.class,
      JobWatchCommand.class,
      JobResultsCommand.class,
      JobCancelCommand.class,
      JobRetryCommand.class
    })
final class JobCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "which command: submit, ls, status, watch, results, cancel, retry?");
  }
}
