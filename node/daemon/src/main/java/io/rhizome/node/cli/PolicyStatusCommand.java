// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.StatusRuntimeException;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.NodeInfo;
import io.rhizome.v1.PolicyStatusRequest;
import io.rhizome.v1.PolicyStatusResponse;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
  private static final long PEER_SECONDS = 3;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  /** Asks the node, then every other that it knows; nodes that do not answer are left out. */
  @Override
  public Integer call() {
    try (NodeClient client = node.connect()) {
      PolicyStatusResponse here =
          client.policy().policyStatus(PolicyStatusRequest.getDefaultInstance());
      List<NodeInfo> nodes =
          client.admin().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList();
      SortedMap<String, PolicyStatusResponse> answers = new TreeMap<>();
      for (NodeInfo info : nodes) {
        if (info.getSelf()) {
          answers.put(info.getNodeId(), here);
        } else {
          ask(info, answers);
        }
      }
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(json(here, nodes, answers));
      } else {
        print(here, nodes, answers, out);
      }
      return 0;
    }
  }

  private void ask(NodeInfo info, SortedMap<String, PolicyStatusResponse> answers) {
    try (NodeClient peer = node.connectTo(info, null)) {
      answers.put(
          info.getNodeId(),
          peer.policy()
              .withDeadlineAfter(PEER_SECONDS, TimeUnit.SECONDS)
              .policyStatus(PolicyStatusRequest.getDefaultInstance()));
    } catch (StatusRuntimeException e) {
      // The table says that it does not answer.
      answers.remove(info.getNodeId());
    }
  }

  private static void print(
      PolicyStatusResponse here,
      List<NodeInfo> nodes,
      SortedMap<String, PolicyStatusResponse> answers,
      PrintWriter out) {
    String voters =
        here.getVotersList().stream().map(NodeChoice::shortId).collect(Collectors.joining(", "));
    String leader =
        here.getLeader().isEmpty() ? "none known" : NodeChoice.shortId(here.getLeader());
    out.println("mesh     " + here.getMesh());
    out.println("voters   " + voters);
    out.println("leader   " + leader);
    out.println("term     " + here.getTerm());
    out.println("version  " + here.getVersion());
    long newest = newest(answers);
    Table table = new Table("NODE", "ID", "ROLE", "VERSION", "LAG", "AGE");
    for (NodeInfo info : nodes) {
      String name = NodeChoice.name(info);
      String id = NodeChoice.shortId(info.getNodeId());
      PolicyStatusResponse status = answers.get(info.getNodeId());
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

  private static long newest(SortedMap<String, PolicyStatusResponse> answers) {
    return answers.values().stream().mapToLong(PolicyStatusResponse::getVersion).max().orElse(0);
  }

  private static String json(
      PolicyStatusResponse here,
      List<NodeInfo> nodes,
      SortedMap<String, PolicyStatusResponse> answers) {
    ObjectNode root = Json.of(here);
    var all = root.putArray("nodes");
    for (NodeInfo info : nodes) {
      ObjectNode one = all.addObject().put("node_id", info.getNodeId());
      one.put("name", info.getLabelsOrDefault("name", ""));
      PolicyStatusResponse status = answers.get(info.getNodeId());
      one.put("answered", status != null);
      if (status != null) {
        one.put("role", status.getRole())
            .put("version", status.getVersion())
            .put("lag", newest(answers) - status.getVersion());
      }
    }
    return Json.pretty(root);
  }
}
