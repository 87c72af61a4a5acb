// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.ResourceKey;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome delete}: takes one resource out of policy. */
@Command(name = "delete", description = "Delete one resource.")
final class DeleteCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Parameters(paramLabel = "KIND/NAME", description = "Which resource.")
  String resource = "";

  @Override
  public Integer call() throws IOException {
    ResourceKey key = PolicyOption.key(resource);
    delete(policy, key, key + " does not exist; list what does with: rhizome get", spec);
    return 0;
  }

  /** Deletes it and says so; {@link ConfigException} with those words where it does not exist. */
  static void delete(PolicyOption policy, ResourceKey key, String absent, CommandSpec spec)
      throws IOException {
    try (PolicyView view = policy.open()) {
      if (view.find(key).isEmpty()) {
        throw new ConfigException(absent);
      }
      long version = view.propose(List.of(Change.delete(key, view.version(key))));
      CommittedLine.print(key, "deleted", version, policy.json, spec.commandLine().getOut());
    }
  }
}
