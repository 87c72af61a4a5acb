// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.ListNodesResponse;
import io.rhizome.v1.ModelHeld;
import io.rhizome.v1.NodeInfo;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rhizome nodes}: the mesh as one node sees it. */
@Command(name = "nodes", description = "List the mesh as one node sees it.")
final class NodesCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    try (NodeClient client = node.connect()) {
      ListNodesResponse nodes = client.admin().listNodes(ListNodesRequest.getDefaultInstance());
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(Json.pretty(Json.of(nodes)));
        return 0;
      }
      Table table = new Table("NAME", "ID", "STATUS", "SITE", "RTT", "API", "MODELS");
      for (NodeInfo info : byName(nodes.getNodesList())) {
        table.row(
            NodeChoice.name(info) + (info.getSelf() ? " *" : ""),
            NodeChoice.shortId(info.getNodeId()),
            info.getStatus().toLowerCase(Locale.ROOT),
            info.getLabelsOrDefault("site", ""),
            rtt(info),
            info.getApiAddress(),
            info.getModelsList().stream().map(NodesCommand::held).collect(Collectors.joining(" ")));
      }
      table.print(out);
      return 0;
    }
  }

  private static List<NodeInfo> byName(List<NodeInfo> nodes) {
    return nodes.stream()
        .sorted(
            Comparator.<NodeInfo>comparingInt(info -> NodeChoice.name(info).length())
                .thenComparing(NodeChoice::name))
        .toList();
  }

  private static String held(ModelHeld held) {
    String name = held.getName() + ":" + held.getVersion();
    return held.getState().equals("READY") ? name : name + "(stored)";
  }

  private static String rtt(NodeInfo info) {
    long micros = info.getRttMicros();
    return info.getSelf() || micros < 0
        ? ""
        : String.format(Locale.ROOT, "%.2f ms", micros / 1000.0);
  }
}
