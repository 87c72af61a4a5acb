// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rhizome key ...}. */
@Command(
    name = "key",
    description = "Look after clients' API keys.",
    subcommands = {KeyCreateCommand.class, KeyListCommand.class, KeyDeleteCommand.class})
final class KeyCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command: create, list or delete?");
  }
}
