// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rhizome audit}: who changed or admitted what, and when. */
@Command(
    name = "audit",
    description = "Show who changed or admitted what, and when: the last 1024 changes of policy.")
final class AuditCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Override
  public Integer call() throws IOException {
    try (PolicyView view = policy.open()) {
      PolicyLines.print(
          view.image().records(), change -> true, policy.json, spec.commandLine().getOut());
      return 0;
    }
  }
}
