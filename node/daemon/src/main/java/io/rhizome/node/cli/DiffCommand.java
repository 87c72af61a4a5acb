// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.rhizome.node.resources.ResourceDocument;
import io.rhizome.node.resources.ResourceYaml;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rhizome diff}: what applying would change. Exit status 1 where it would change any. */
@Command(
    name = "diff",
    description = "Show what apply would change, line by line; fails if there is anything.")
final class DiffCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE|DIR",
      description = "YAML documents, or a directory of .yaml and .yml files.")
  Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    List<ResourceDocument> documents = ResourceFiles.read(file);
    try (PolicyView view = policy.open()) {
      List<Staged> differing =
          documents.stream()
              .map(document -> Staged.of(document, view))
              .filter(one -> one.effect() != Staged.Effect.UNCHANGED)
              .toList();
      print(differing);
      return differing.isEmpty() ? 0 : Main.FAILED;
    }
  }

  private void print(List<Staged> differing) {
    PrintWriter out = spec.commandLine().getOut();
    ArrayNode json = Json.MAPPER.createArrayNode();
    for (Staged one : differing) {
      List<String> lines = LineDiff.of(oldLines(one), newLines(one));
      if (policy.json) {
        var entry = json.addObject();
        entry.put("resource", one.document().key().toString()).put("effect", one.effect().text());
        lines.forEach(entry.putArray("lines")::add);
      } else {
        out.println("# " + one.document().key() + " would be " + one.effect().text());
        lines.forEach(out::println);
      }
    }
    if (policy.json) {
      out.println(Json.pretty(json));
    }
  }

  private static List<String> oldLines(Staged one) {
    return one.old()
        .map(old -> ResourceYaml.print(old.key(), OptionalLong.empty(), old.body()))
        .map(text -> text.lines().toList())
        .orElse(List.of());
  }

  private static List<String> newLines(Staged one) {
    return ResourceYaml.print(one.document().key(), OptionalLong.empty(), one.document().body())
        .lines()
        .toList();
  }
}
