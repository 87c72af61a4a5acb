// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.node.config.ConfigReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rhizome config show}: what a node would run with, and who says so. */
@Command(
    name = "show",
    description = "Show every key's value, and whether default, file, environment or flag set it.")
final class ConfigShowCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin ConfigFile file = new ConfigFile();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() throws IOException {
    ConfigReport report = file.read();
    report.config(); // Refuses what cannot run: half of it would mislead.
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    report.warnings().forEach(warning -> err.println("warning: " + warning));
    if (json) {
      out.println(Json.pretty(keys(report)));
      return 0;
    }
    Table table = new Table("KEY", "VALUE", "FROM");
    for (ConfigReport.Value value : report.values()) {
      table.row(value.key(), value.text(), value.place().isEmpty() ? "default" : value.place());
    }
    table.print(out);
    return 0;
  }

  private static ObjectNode keys(ConfigReport report) {
    ObjectNode keys = Json.MAPPER.createObjectNode();
    for (ConfigReport.Value value : report.values()) {
      keys.putObject(value.key())
          .put("value", value.text())
          .put("origin", value.origin())
          .put("place", value.place());
    }
    return keys;
  }
}
