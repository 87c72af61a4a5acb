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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome rollback}: writes anew what a resource was at an earlier version. */
@Command(name = "rollback", description = "Make one resource again what it was at a version.")
final class RollbackCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Parameters(paramLabel = "KIND/NAME", description = "Which resource.")
  String resource = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "VERSION",
      description = "One of its versions, see: rhizome history KIND/NAME.")
  long to;

  @Override
  public Integer call() throws IOException {
    ResourceKey key = PolicyOption.key(resource);
    try (PolicyView view = policy.open()) {
      Change then =
          view.image().records().stream()
              .filter(record -> record.version() == to)
              .flatMap(record -> record.changes().stream())
              .filter(change -> change.key().equals(key))
              .findFirst()
              .orElseThrow(
                  () ->
                      new ConfigException(
                          "%s has no version %d that is remembered; see: rhizome history %s"
                              .formatted(key, to, key)));
      String body = then.body();
      if (body == null) {
        throw new ConfigException(
            key + " was deleted at version " + to + "; use: rhizome delete " + key);
      }
      long version = view.propose(List.of(Change.put(key, body, view.version(key))));
      CommittedLine.print(
          key, "rolled back to " + to, version, policy.json, spec.commandLine().getOut());
      return 0;
    }
  }
}
