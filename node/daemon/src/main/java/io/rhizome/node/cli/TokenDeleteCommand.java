// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.identity.admission.AdmissionKind;
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

/** {@code rhizome token delete}: nobody joins with it any more. */
@Command(name = "delete", description = "Delete a token: nobody joins with it any more.")
final class TokenDeleteCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Parameters(paramLabel = "TOKEN", description = "Its id, see: rhizome token list.")
  String id = "";

  @Override
  public Integer call() throws IOException {
    ResourceKey key = AdmissionKind.TOKEN.key(id);
    try (PolicyView view = policy.open()) {
      if (view.find(key).isEmpty()) {
        throw new ConfigException("there is no token " + id + "; see: rhizome token list");
      }
      long version = view.propose(List.of(Change.delete(key, view.version(key))));
      CommittedLine.print(key, "deleted", version, policy.json, spec.commandLine().getOut());
      return 0;
    }
  }
}
