// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.node.policy.Change;
import io.rhizome.node.resources.ResourceDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rhizome apply}: commits declared resources, all or none. */
@Command(
    name = "apply",
    description =
        "Commit the resources of a file or directory at once: at most 64 that change, of 32 KiB"
            + " each and 48 KiB together.")
final class ApplyCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE|DIR",
      description = "YAML documents, or a directory of .yaml and .yml files.")
  Path file = Path.of("");

  @Option(names = "--dry-run", description = "Say what would change; change nothing.")
  boolean dryRun;

  @Override
  public Integer call() throws IOException {
    List<ResourceDocument> documents = ResourceFiles.read(file);
    try (PolicyView view = policy.open()) {
      List<Staged> staged = documents.stream().map(document -> Staged.of(document, view)).toList();
      List<Change> changes =
          staged.stream()
              .filter(one -> one.effect() != Staged.Effect.UNCHANGED)
              .map(Staged::change)
              .toList();
      long version = view.snapshot().version();
      if (!dryRun && !changes.isEmpty()) {
        version = view.propose(changes);
      }
      print(staged, version);
      return 0;
    }
  }

  private void print(List<Staged> staged, long version) {
    PrintWriter out = spec.commandLine().getOut();
    if (policy.json) {
      ObjectNode root = Json.MAPPER.createObjectNode();
      root.put("version", version).put("dry_run", dryRun);
      var resources = root.putArray("resources");
      for (Staged one : staged) {
        resources
            .addObject()
            .put("resource", one.document().key().toString())
            .put("effect", one.effect().text());
      }
      out.println(Json.pretty(root));
      return;
    }
    for (Staged one : staged) {
      out.println(one.document().key() + " " + one.effect().text() + (dryRun ? " (dry run)" : ""));
    }
    out.println("policy version " + version);
  }
}
