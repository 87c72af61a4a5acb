// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rhizome job cancel}: gives up what has not run. */
@Command(name = "cancel", description = "Give up what has not run; results so far stay.")
final class JobCancelCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin JobChoice choice = new JobChoice();

  @Override
  public Integer call() {
    try (NodeClient client = choice.node.connect()) {
      choice.print(
          client.jobs().cancelJob(JobText.request(choice.id)), spec.commandLine().getOut());
      return 0;
    }
  }
}
