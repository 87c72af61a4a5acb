// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.policy.PolicyLimits;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.ResourceKey;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome history}: who changed one resource, and when. */
@Command(
    name = "history",
    description = "Show the changes of one resource, of the last 1024 that policy remembers.")
final class HistoryCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Parameters(paramLabel = "KIND/NAME", description = "Which resource.")
  String resource = "";

  @Override
  public Integer call() throws IOException {
    ResourceKey key = PolicyOption.key(resource);
    try (PolicyView view = policy.open()) {
      List<PolicyRecord> records =
          view.image().records().stream()
              .filter(record -> record.changes().stream().anyMatch(c -> c.key().equals(key)))
              .toList();
      if (records.isEmpty()) {
        throw new ConfigException(
            key + " is in none of the last " + PolicyLimits.MAX_RECORDS + " changes of policy");
      }
      PolicyLines.print(
          records, change -> change.key().equals(key), policy.json, spec.commandLine().getOut());
      return 0;
    }
  }
}
