// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.ModelHeld;
import io.rhizome.v1.NodeInfo;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome model where}: the nodes that hold a model; exit status 1 where there is none. */
@Command(name = "where", description = "Tell which nodes serve a model or store it.")
final class ModelWhereCommand implements Callable<Integer> {
  private static final int SHORT_DIGEST = 12;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();

  @Parameters(paramLabel = "MODEL", description = "The model's name.")
  String model = "";

  @Option(names = "--version", paramLabel = "N", description = "Which version (default: all).")
  long version;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  private record Place(NodeInfo node, ModelHeld held) {}

  @Override
  public Integer call() {
    List<Place> places = new ArrayList<>();
    try (NodeClient client = node.connect()) {
      for (NodeInfo info :
          client.admin().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList()) {
        for (ModelHeld held : info.getModelsList()) {
          if (held.getName().equals(model) && (version == 0 || held.getVersion() == version)) {
            places.add(new Place(info, held));
          }
        }
      }
    }
    places.sort(
        Comparator.comparingLong((Place place) -> -place.held().getVersion())
            .thenComparing(place -> NodeChoice.name(place.node())));
    print(places, spec.commandLine().getOut());
    return places.isEmpty() ? Main.FAILED : 0;
  }

  private void print(List<Place> places, PrintWriter out) {
    if (json) {
      out.println(Json.pretty(tree(places)));
      return;
    }
    if (places.isEmpty()) {
      out.println("no node that is known here holds " + model);
      return;
    }
    Table table = new Table("NODE", "STATUS", "VERSION", "MANIFEST", "STATE", "API");
    for (Place place : places) {
      String id = place.held().getManifestId();
      table.row(
          NodeChoice.name(place.node()),
          place.node().getStatus().toLowerCase(Locale.ROOT),
          Long.toString(place.held().getVersion()),
          id.substring(0, Math.min(SHORT_DIGEST, id.length())),
          place.held().getState().toLowerCase(Locale.ROOT),
          place.node().getApiAddress());
    }
    table.print(out);
  }

  private static ObjectNode tree(List<Place> places) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    ArrayNode holders = root.putArray("holders");
    for (Place place : places) {
      ObjectNode holder = Json.of(place.held());
      holder.put("node_id", place.node().getNodeId());
      holder.put("node", NodeChoice.name(place.node()));
      holder.put("status", place.node().getStatus());
      holder.put("api_address", place.node().getApiAddress());
      holders.add(holder);
    }
    return root;
  }
}
