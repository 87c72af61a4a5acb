// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.access.ApiKey;
import io.rhizome.node.policy.Resource;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rhizome key list}: which API keys there are. */
@Command(name = "list", description = "Show which API keys there are.")
final class KeyListCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Override
  public Integer call() throws IOException {
    try (PolicyView view = policy.open()) {
      List<ApiKey> keys =
          view.snapshot().list(ApiKey.KIND).values().stream().map(KeyListCommand::key).toList();
      PrintWriter out = spec.commandLine().getOut();
      if (policy.json) {
        out.println(json(keys));
      } else {
        print(keys, out);
      }
      return 0;
    }
  }

  private static ApiKey key(Resource resource) {
    return ApiKey.parse(resource.key().name(), resource.body());
  }

  private static String by(ApiKey key) {
    return key.by().name().toLowerCase(Locale.ROOT);
  }

  private static String expires(ApiKey key) {
    return key.expiresMillis() == ApiKey.NEVER
        ? "never"
        : Instant.ofEpochMilli(key.expiresMillis()).toString();
  }

  private static void print(List<ApiKey> keys, PrintWriter out) {
    Table table = new Table("ID", "NAME", "TENANT", "ROLE", "ORIGIN", "EXPIRES", "BY");
    for (ApiKey key : keys) {
      table.row(
          key.id(),
          key.name(),
          key.tenant(),
          key.role().toString(),
          key.origin(),
          expires(key),
          by(key));
    }
    table.print(out);
  }

  private static String json(List<ApiKey> keys) {
    var root = Json.MAPPER.createArrayNode();
    for (ApiKey key : keys) {
      root.addObject()
          .put("id", key.id())
          .put("name", key.name())
          .put("tenant", key.tenant())
          .put("role", key.role().toString())
          .put("origin", key.origin())
          .put("expires", expires(key))
          .put("by", by(key));
    }
    return Json.pretty(root);
  }
}
