// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.access.ApiKey;
import io.rhizome.node.policy.ResourceKey;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome key delete ID}: a key that opens nothing any more. */
@Command(name = "delete", description = "Delete an API key: it opens nothing from then on.")
final class KeyDeleteCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Parameters(paramLabel = "ID", description = "The key's id, as `rhizome key list` shows it.")
  String id = "";

  @Override
  public Integer call() throws IOException {
    DeleteCommand.delete(
        policy,
        new ResourceKey(ApiKey.KIND, id),
        "no API key '" + id + "'; list them with: rhizome key list",
        spec);
    return 0;
  }
}
