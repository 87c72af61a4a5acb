// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Identity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome init --nodes N DIR} or {@code rhizome init --hosts A,B,C DIR}. */
@Command(
    name = "init",
    description = "Write the keys, the roster and the configuration of a new mesh.")
final class InitCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "A directory that is empty or absent.")
  Path dir = Path.of("");

  @ArgGroup(multiplicity = "1")
  Where where = new Where();

  /** How many on this machine, or on which. */
  static final class Where {
    @Option(names = "--nodes", paramLabel = "N", description = "How many nodes, on this machine.")
    int nodes;

    @Option(
        names = "--hosts",
        split = ",",
        paramLabel = "HOST",
        description =
            "One node on each host: it listens on all addresses there and is known by that name."
                + " Its directory holds all that it needs.")
    List<String> hosts = List.of();
  }

  @Option(
      names = "--sites",
      split = ",",
      paramLabel = "SITE[:REGION]",
      description = "Sites, given to the nodes in turn; a region is its site's name unless given.")
  List<String> sites = List.of();

  @Option(
      names = "--api-port",
      defaultValue = "8001",
      description = "Client port of node 1 (${DEFAULT-VALUE}).")
  int apiPort;

  @Option(
      names = "--http-port",
      defaultValue = "8000",
      description = "Client HTTP port of node 1 (${DEFAULT-VALUE}).")
  int httpPort;

  @Option(
      names = "--mesh-port",
      defaultValue = "7700",
      description = "Mesh port of node 1, TCP and UDP (${DEFAULT-VALUE}).")
  int meshPort;

  @Option(
      names = "--port-step",
      defaultValue = "10",
      description = "From one node's ports to the next's (${DEFAULT-VALUE}).")
  int portStep;

  @Override
  public Integer call() throws IOException {
    boolean here = where.hosts.isEmpty();
    Foundation foundation =
        here
            ? Foundation.onLoopback(
                dir,
                where.nodes,
                sites,
                new Foundation.Ports(apiPort, httpPort, meshPort, portStep))
            : Foundation.onHosts(dir, where.hosts, sites, apiPort, httpPort, meshPort);
    foundation.write();
    int nodes = here ? where.nodes : where.hosts.size();
    PrintWriter out = spec.commandLine().getOut();
    out.println("founded a mesh of " + nodes + " in " + dir);
    out.println("  roster.yaml    who belongs to it; every node needs this copy");
    out.println("  mesh.key       what seals its gossip; every node needs it, nobody else");
    out.println("  operator.key   what lets you push and load models; keep it to yourself");
    out.println(
        here
            ? "start each node (its own terminal or machine):"
            : "move each node's directory to its host, and there:");
    int shown = Math.min(nodes, 5);
    for (int i = 1; i <= shown; i++) {
      out.println("  rhizome up " + dir.resolve(Foundation.nodeName(i)));
    }
    if (nodes > shown) {
      out.println("  ... up to " + dir.resolve(Foundation.nodeName(nodes)));
    }
    out.println("then look at it, and give it a model:");
    out.println("  export RHIZOME_OPERATOR_KEY=" + dir.resolve(Foundation.OPERATOR_KEY));
    String first = here ? "127.0.0.1:" + apiPort : overTls(where.hosts.get(0));
    out.println(
        here
            ? "  rhizome nodes --node " + first
            : "  rhizome key create NAME --tenant T [--role viewer]   # clients need keys there");
    out.println(
        "  rhizome model push FILE.pt --name digits --input pixels:FP32[-1,1,8,8]"
            + " --output logits:FP32[-1,10] --node "
            + first);
    return 0;
  }

  /** Off loopback, nodes speak TLS unless told otherwise. */
  private String overTls(String host) throws IOException {
    Path home = dir.resolve(Foundation.nodeName(1));
    NodeId id = Identity.load(home.resolve("identity/node.key")).nodeId();
    return new NodeAddress(new Endpoint(host, apiPort), id).toString();
  }
}
