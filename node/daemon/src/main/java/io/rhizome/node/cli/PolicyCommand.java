// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rhizome policy ...}. */
@Command(
    name = "policy",
    description = "Look after the mesh's policy.",
    subcommands = {
      PolicyStatusCommand.class,
      PolicyBackupCommand.class,
      PolicyRestoreCommand.class,
      PolicyRecoverCommand.class
    })
final class PolicyCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "which command: status, backup, restore or recover?");
  }
}
