// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rhizome token}: what lets new nodes join. */
@Command(
    name = "token",
    description = "Make, list and delete tokens that let new nodes join.",
    subcommands = {TokenCreateCommand.class, TokenListCommand.class, TokenDeleteCommand.class})
final class TokenCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which one: create, list or delete?");
  }
}
