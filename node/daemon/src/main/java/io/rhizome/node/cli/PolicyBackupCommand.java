// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome policy backup}: all of policy in one file. */
@Command(
    name = "backup",
    description =
        "Write the policy that a node has into a file: every resource and the remembered changes, but"
            + " no secrets.")
final class PolicyBackupCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Parameters(paramLabel = "FILE", description = "Where to write it.")
  Path file = Path.of("");

  @Option(names = "--overwrite", description = "Replace the file if it is there.")
  boolean overwrite;

  @Override
  public Integer call() throws IOException {
    if (!overwrite && Files.exists(file)) {
      throw new ConfigException(file + ": is there already; --overwrite replaces it");
    }
    try (PolicyView view = policy.open()) {
      PolicyBackup backup = new PolicyBackup(view.mesh(), view.image());
      backup.write(file);
      print(view, Files.size(file));
      return 0;
    }
  }

  private void print(PolicyView view, long bytes) {
    PrintWriter out = spec.commandLine().getOut();
    int resources = view.snapshot().resources().size();
    if (policy.json) {
      out.println(
          Json.pretty(
              Json.MAPPER
                  .createObjectNode()
                  .put("file", file.toString())
                  .put("bytes", bytes)
                  .put("mesh", view.mesh())
                  .put("version", view.snapshot().version())
                  .put("resources", resources)
                  .put("records", view.image().records().size())));
      return;
    }
    out.println(
        "%s: policy version %d of mesh %s, %d resources, %d remembered changes, %d bytes"
            .formatted(
                file,
                view.snapshot().version(),
                view.mesh(),
                resources,
                view.image().records().size(),
                bytes));
  }
}
