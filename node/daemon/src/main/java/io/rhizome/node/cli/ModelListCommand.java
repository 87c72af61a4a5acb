// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.v1.ListModelsRequest;
import io.rhizome.v1.ListModelsResponse;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.ModelInfo;
import io.rhizome.v1.NodeInfo;
import java.io.PrintWriter;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rhizome model ls}: the models that one node knows of, and where they are. */
@Command(name = "ls", description = "List the models in the mesh and who holds them.")
final class ModelListCommand implements Callable<Integer> {
  private static final int SHORT_DIGEST = 12;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    try (NodeClient client = node.connect()) {
      ListModelsResponse models = client.admin().listModels(ListModelsRequest.getDefaultInstance());
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(Json.pretty(Json.of(models)));
        return 0;
      }
      SortedMap<String, String> names = new TreeMap<>();
      for (NodeInfo info :
          client.admin().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList()) {
        names.put(info.getNodeId(), NodeChoice.name(info));
      }
      Table table = new Table("MODEL", "VERSION", "MANIFEST", "READY ON", "STORED ON");
      for (ModelInfo model : models.getModelsList()) {
        String id = model.getManifestId();
        table.row(
            model.getName(),
            Long.toString(model.getVersion()),
            id.substring(0, Math.min(SHORT_DIGEST, id.length())),
            names(model.getReadyOnList(), names),
            names(model.getStoredOnList(), names));
      }
      table.print(out);
      return 0;
    }
  }

  private static String names(List<String> ids, SortedMap<String, String> names) {
    return ids.stream()
        .map(id -> names.getOrDefault(id, NodeChoice.shortId(id)))
        .sorted()
        .collect(Collectors.joining(" "));
  }
}
