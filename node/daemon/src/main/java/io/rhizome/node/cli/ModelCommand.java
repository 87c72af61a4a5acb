// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rhizome model ...}. */
@Command(
    name = "model",
    description = "Push, list, load, unload, check and remove models.",
    subcommands = {
      ModelPushCommand.class,
      ModelListCommand.class,
      ModelWhereCommand.class,
      ModelShowCommand.class,
      ModelLoadCommand.class,
      ModelUnloadCommand.class,
      ModelRemoveCommand.class,
      ModelVerifyCommand.class,
      ModelGarbageCommand.class
    })
final class ModelCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "which command: push, ls, where, show, load, unload, rm, verify, gc?");
  }
}
