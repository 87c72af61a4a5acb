// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.v1.NodeInfo;
import io.rhizome.v1.PolicyStatusResponse;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rhizome policy status}: who votes, who leads, and how far each node is. */
@Command(
    name = "status",
    description = "Show voters, leader, term, and each node's version and lag.")
final class PolicyStatusCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    try (NodeClient client = node.connect()) {
      PolicyStatuses all = PolicyStatuses.ask(node, client);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(json(all));
      } else {
        print(all, out);
      }
      return 0;
    }
  }

  private static void print(PolicyStatuses all, PrintWriter out) {
    PolicyStatusResponse here = all.here();
    String voters =
        here.getVotersList().stream().map(NodeChoice::shortId).collect(Collectors.joining(", "));
    String leader =
        here.getLeader().isEmpty() ? "none known" : NodeChoice.shortId(here.getLeader());
    out.println("mesh     " + here.getMesh());
    out.println("voters   " + voters);
    out.println("leader   " + leader);
    out.println("term     " + here.getTerm());
    out.println("version  " + here.getVersion());
    if (here.getEpoch() > 0) {
      out.println(
          "epoch    "
              + here.getEpoch()
              + ", begun by "
              + all.name(here.getEpochNode())
              + " alone when a majority was lost");
    }
    all.trouble().ifPresent(trouble -> out.println("TROUBLE  " + trouble));
    long newest = all.newest();
    Table table = new Table("NODE", "ID", "ROLE", "VERSION", "LAG", "AGE");
    for (NodeInfo info : all.nodes()) {
      String name = NodeChoice.name(info);
      String id = NodeChoice.shortId(info.getNodeId());
      PolicyStatusResponse status = all.answers().get(info.getNodeId());
      if (status == null) {
        table.row(name, id, "no answer", "", "", "");
        continue;
      }
      table.row(
          name,
          id,
          status.getRole().toLowerCase(Locale.ROOT),
          Long.toString(status.getVersion()),
          Long.toString(newest - status.getVersion()),
          status.hasAgeMillis() ? status.getAgeMillis() + " ms" : "never current");
    }
    table.print(out);
  }

  private static String json(PolicyStatuses all) {
    ObjectNode root = Json.of(all.here());
    all.trouble().ifPresent(trouble -> root.put("trouble", trouble));
    var nodes = root.putArray("nodes");
    for (NodeInfo info : all.nodes()) {
      ObjectNode one = nodes.addObject().put("node_id", info.getNodeId());
      one.put("name", info.getLabelsOrDefault("name", ""));
      PolicyStatusResponse status = all.answers().get(info.getNodeId());
      one.put("answered", status != null);
      if (status != null) {
        one.put("role", status.getRole())
            .put("version", status.getVersion())
            .put("epoch", status.getEpoch())
            .put("lag", all.newest() - status.getVersion());
      }
    }
    return Json.pretty(root);
  }
}
