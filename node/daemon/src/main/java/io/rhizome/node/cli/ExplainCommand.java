// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.v1.ExplainRequest;
import io.rhizome.v1.ExplainResponse;
import io.rhizome.v1.ExplainedChange;
import io.rhizome.v1.ExplainedHolder;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.NodeInfo;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome explain}: where a request would go, and why; exit status 1 where nowhere. */
@Command(
    name = "explain",
    description = "Tell where a request for a model would go now, and why; nothing is sent.")
final class ExplainCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();

  @Parameters(paramLabel = "MODEL", description = "The model's name.")
  String model = "";

  @Option(names = "--version", paramLabel = "N", description = "Which version (default: newest).")
  long version;

  @Option(
      names = "--from",
      paramLabel = "NODE",
      description = "Where the request would enter, by name or id (default: the node asked).")
  String from = "";

  @Option(
      names = "--origin",
      paramLabel = "REGION",
      description = "Where it would come from (default: the entry node's region).")
  String origin = "";

  @Option(names = "--tenant", paramLabel = "NAME", description = "Whose it would be.")
  String tenant = "";

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      description = "interactive, standard or batch (default: standard).")
  String priority = "";

  @Option(names = "--bytes", paramLabel = "N", description = "Its size (default: 1000).")
  long bytes;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    ExplainResponse response;
    try (NodeClient client = node.connect()) {
      if (from.isEmpty()) {
        response = ask(client);
      } else {
        try (NodeClient entry = node.connectTo(entry(client), null)) {
          response = ask(entry);
        }
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.pretty(Json.of(response)));
    } else {
      print(response, out);
    }
    return response.getChosen().isEmpty() ? Main.FAILED : 0;
  }

  private NodeInfo entry(NodeClient client) {
    return NodeChoice.choose(
        client.admin().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList(), from);
  }

  private ExplainResponse ask(NodeClient client) {
    return client
        .admin()
        .explain(
            ExplainRequest.newBuilder()
                .setModel(model)
                .setVersion(version)
                .setOrigin(origin)
                .setTenant(tenant)
                .setPriority(priority)
                .setBytes(bytes)
                .build());
  }

  private static void print(ExplainResponse response, PrintWriter out) {
    if (response.getHoldersCount() > 0) {
      Table table =
          new Table(
              "NODE", "VERSION", "VERDICT", "TOTAL", "NETWORK", "QUEUE", "SERVICE", "LOAD",
              "HEARD");
      for (ExplainedHolder holder : response.getHoldersList()) {
        long total =
            holder.getNetworkMicros()
                + holder.getTransferMicros()
                + holder.getQueueMicros()
                + holder.getServiceMicros();
        table.row(
            holder.getName(),
            Long.toString(holder.getVersion()),
            holder.getVerdict(),
            millis(total),
            millis(holder.getNetworkMicros()),
            millis(holder.getQueueMicros()),
            millis(holder.getServiceMicros()),
            holder.getInFlight() + " of " + holder.getLimit(),
            holder.getLoadAgeMicros() < 0 ? "never" : millis(holder.getLoadAgeMicros()) + " ago");
      }
      table.print(out);
    }
    out.println(outcome(response));
    for (ExplainedChange change : response.getChangesList()) {
      out.println(change.getName() + " would be chosen " + change.getCondition());
    }
  }

  private static String outcome(ExplainResponse response) {
    String router = " (router " + response.getRouter() + ")";
    if (response.getChosen().isEmpty()) {
      return "nobody can serve it: "
          + switch (response.getRefusal()) {
            case "NO_HOLDER" -> "no usable node holds it";
            case "FORBIDDEN" -> "policy forbids every holder";
            case "OVERLOADED" -> "every holder is full";
            case "HOP_LIMIT" -> "it may not hop any further";
            default -> "no holder can be reached";
          }
          + router;
    }
    String chosen =
        response.getHoldersList().stream()
            .filter(holder -> holder.getNodeId().equals(response.getChosen()))
            .map(ExplainedHolder::getName)
            .findFirst()
            .orElse(response.getChosen());
    String where =
        response.getChosen().equals(response.getNodeId())
            ? "it would run here, on " + chosen
            : "it would go to " + chosen;
    String relay =
        response.getRelay().isEmpty()
            ? ""
            : ", passed on by " + NodeChoice.shortId(response.getRelay());
    return where + relay + router;
  }

  private static String millis(long micros) {
    return String.format(Locale.ROOT, "%.2f ms", micros / 1000.0);
  }
}
