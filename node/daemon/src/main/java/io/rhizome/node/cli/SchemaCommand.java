// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.resources.Kind;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome schema}: what a resource may look like. */
@Command(name = "schema", description = "Print the JSON Schema of a kind of resource.")
final class SchemaCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "KIND", description = "Model, Placement, Route, Tenant, Mesh or Site.")
  String kind = "";

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(Kind.parse(kind).schema());
    return 0;
  }
}
