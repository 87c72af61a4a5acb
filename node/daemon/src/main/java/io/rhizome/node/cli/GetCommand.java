// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import io.rhizome.node.resources.ResourceYaml;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome get}: what policy holds. */
@Command(name = "get", description = "Show the resources of the mesh's policy.")
final class GetCommand implements Callable<Integer> {
  /** How to print. */
  enum Output {
    TABLE,
    YAML,
    JSON
  }

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Parameters(
      arity = "0..1",
      paramLabel = "KIND[/NAME]",
      description = "Only those (default: all).")
  @Nullable String wanted;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "table, yaml or json (default: table).")
  Output output = Output.TABLE;

  @Override
  public Integer call() throws IOException {
    try (PolicyView view = policy.open()) {
      List<Resource> found =
          view.snapshot().resources().values().stream()
              .filter(resource -> wanted(resource.key()))
              .toList();
      if (found.isEmpty() && wanted != null && wanted.contains("/")) {
        throw new ConfigException(wanted + " does not exist; list what does with: rhizome get");
      }
      print(found, policy.json ? Output.JSON : output);
      return 0;
    }
  }

  private boolean wanted(ResourceKey key) {
    return wanted == null || wanted.equals(key.kind()) || wanted.equals(key.toString());
  }

  private void print(List<Resource> found, Output form) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    switch (form) {
      case YAML ->
          out.print(found.stream().map(ResourceYaml::print).collect(Collectors.joining("---\n")));
      case JSON -> out.println(json(found));
      case TABLE -> {
        Table table = new Table("RESOURCE", "VERSION", "CHANGED", "BY");
        for (Resource resource : found) {
          table.row(
              resource.key().toString(),
              Long.toString(resource.version()),
              PolicyLines.when(resource.stampMillis()),
              resource.author());
        }
        table.print(out);
      }
    }
  }

  private static String json(List<Resource> found) throws IOException {
    var root = Json.MAPPER.createArrayNode();
    for (Resource resource : found) {
      ObjectNode one = root.addObject();
      one.put("kind", resource.key().kind())
          .put("name", resource.key().name())
          .put("version", resource.version())
          .put("author", resource.author())
          .put("changed_millis", resource.stampMillis());
      one.set("spec", Json.MAPPER.readTree(resource.body()));
    }
    return Json.pretty(root);
  }
}
