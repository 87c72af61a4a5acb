// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rhizome job retry}: runs again what failed. */
@Command(name = "retry", description = "Run items again that failed, or that a cancel left.")
final class JobRetryCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin JobChoice choice = new JobChoice();

  @Override
  public Integer call() {
    try (NodeClient client = choice.node.connect()) {
      choice.print(client.jobs().retryJob(JobText.request(choice.id)), spec.commandLine().getOut());
      return 0;
    }
  }
}
