// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.JoinResponse;
import io.rhizome.mesh.v1.JoinSeed;
import io.rhizome.mesh.v1.JoinToken;
import io.rhizome.node.PolicyCopyFile;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.config.ConfigReport;
import io.rhizome.node.config.NodeConfig;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.admission.AdmissionFile;
import io.rhizome.node.identity.admission.Admissions;
import io.rhizome.node.identity.admission.JoinText;
import io.rhizome.node.mesh.JoinClient;
import io.rhizome.node.policy.FollowerPolicyStore;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome join}: makes a node of a directory, and lets a mesh admit it. */
@Command(name = "join", description = "Make a node in a directory, admitted with a token.")
final class JoinCommand implements Callable<Integer> {
  private static final String ANY = "0.0.0.0";

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "TOKEN",
      description = "What `rhizome token create` printed; - reads it from standard input.")
  String token = "";

  @Parameters(
      index = "1",
      paramLabel = "DIR",
      description = "Where the node is to live: an absent or empty directory, or one that began.")
  Path dir = Path.of("");

  @Option(names = "--name", paramLabel = "NAME", description = "What people call it.")
  String name = "";

  @Option(
      names = "--label",
      paramLabel = "NAME=VALUE",
      description = "Where the token leaves a choice: region, security, site or tier.")
  Map<String, String> labels = new TreeMap<>();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "The name or address by which others reach it: it then listens on all addresses. Without,"
              + " it listens on loopback.")
  String host = "";

  @Option(
      names = "--api-port",
      defaultValue = "8001",
      description = "Client port (${DEFAULT-VALUE}).")
  int apiPort;

  @Option(
      names = "--http-port",
      defaultValue = "8000",
      description = "Client HTTP port (${DEFAULT-VALUE}).")
  int httpPort;

  @Option(
      names = "--mesh-port",
      defaultValue = "7700",
      description = "Mesh port, TCP and UDP (${DEFAULT-VALUE}).")
  int meshPort;

  @Option(names = "--up", description = "Run it at once, as `rhizome up DIR` does.")
  boolean up;

  @Override
  public Integer call() throws Exception {
    JoinToken shown = JoinText.parse(token.equals("-") ? readLine() : token);
    requireOwn();
    Identity identity = Identity.loadOrCreate(dir.resolve("identity").resolve("node.key"));
    String called = name.isEmpty() ? "node-" + identity.nodeId().shortName() : name;
    PrintWriter err = spec.commandLine().getErr();
    JoinResponse welcome =
        new JoinClient(identity, shown).join(called, claims(shown), line -> err.println(line));
    keep(welcome, identity);
    // Last: what has a configuration is complete.
    Files.writeString(dir.resolve(NodeConfig.FILE), yaml(called, shown));
    spec.commandLine().getOut().println("joined as " + called + " (" + identity.nodeId() + ")");
    if (!up) {
      spec.commandLine().getOut().println("start it with: rhizome up " + dir);
      return 0;
    }
    return UpCommand.run(
        ConfigReport.read(dir.resolve(NodeConfig.FILE), System.getenv(), new TreeMap<>()),
        spec.commandLine().getOut());
  }

  private static String readLine() throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    if (line == null) {
      throw new ConfigException("no token came on standard input");
    }
    return line.trim();
  }

  /** A join that was broken off may be tried again; a node that is complete is left alone. */
  private void requireOwn() throws IOException {
    if (Files.exists(dir.resolve(NodeConfig.FILE))) {
      throw new ConfigException(
          dir + " is a node already; start it with `rhizome up`, or join with another directory");
    }
    if (Files.isDirectory(dir)) {
      try (var entries = Files.list(dir)) {
        if (entries.anyMatch(
            entry -> !List.of("identity", "policy").contains(entry.getFileName().toString()))) {
          throw new ConfigException(dir + " is not empty; give the node a directory of its own");
        }
      }
    }
  }

  /** What was asked for, and what the token leaves no choice of. */
  private SortedMap<String, String> claims(JoinToken shown) {
    SortedMap<String, String> claims = new TreeMap<>(labels);
    shown
        .getLabelsMap()
        .forEach(
            (label, claim) -> {
              if (claim.getValuesCount() == 1) {
                claims.putIfAbsent(label, claim.getValues(0));
              } else if (!claims.containsKey(label)) {
                throw new ConfigException(
                    "the token leaves a choice: --label %s=%s"
                        .formatted(label, String.join("|", claim.getValuesList())));
              }
            });
    return claims;
  }

  private void keep(JoinResponse welcome, Identity identity) throws IOException {
    Admissions admissions =
        Admissions.of(PolicyCodec.image(welcome.getAdmissions().toByteArray()).snapshot());
    if (!admissions.isNode(identity.nodeId())) {
      throw new IOException("the mesh let this node in, but does not know it; try again");
    }
    Path policy = dir.resolve("policy");
    new AdmissionFile(policy).save(admissions);
    FollowerPolicyStore.keep(
        new PolicyCopyFile(policy.resolve("copy")),
        welcome.getVotersList().stream().map(id -> NodeId.of(id.toByteArray())).toList(),
        PolicyImage.EMPTY);
  }

  private String yaml(String called, JoinToken shown) {
    return new NodeYaml(
            called,
            "",
            "",
            host.isEmpty() ? "127.0.0.1" : ANY,
            host,
            new NodeYaml.Ports(apiPort, httpPort, meshPort),
            shown.getSeedsList().stream().map(JoinSeed::getAddress).map(Endpoint::parse).toList())
        .text();
  }
}
