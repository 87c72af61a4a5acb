// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.google.protobuf.ByteString;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.Claim;
import io.rhizome.mesh.v1.JoinSeed;
import io.rhizome.mesh.v1.JoinToken;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.identity.admission.AdmissionKind;
import io.rhizome.node.identity.admission.JoinText;
import io.rhizome.node.identity.admission.TokenBody;
import io.rhizome.node.identity.admission.TokenKey;
import io.rhizome.node.policy.Change;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.NodeInfo;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rhizome token create}: prints what a new node joins with. */
@Command(
    name = "create",
    description = "Make a token, and print it: whoever has it can let a node join.")
final class TokenCreateCommand implements Callable<Integer> {
  private static final int MAX_SEEDS = 5;
  private static final List<String> USABLE = List.of("ALIVE", "SUSPECT");

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Option(
      names = "--uses",
      defaultValue = "1",
      paramLabel = "N",
      description = "How many nodes may join with it (${DEFAULT-VALUE}).")
  int uses;

  @Option(
      names = "--expires",
      defaultValue = "1h",
      paramLabel = "DURATION",
      description = "How long it serves, such as 30m, 12h, 7d (${DEFAULT-VALUE}).")
  String expires = "1h";

  @Option(
      names = "--label",
      paramLabel = "NAME=VALUE[,VALUE]",
      description =
          "A label that who joins with it gets: region, security, site or tier. With several values"
              + " the joiner chooses.")
  Map<String, String> labels = new TreeMap<>();

  @Override
  public Integer call() throws IOException {
    SortedMap<String, List<String>> claims = new TreeMap<>();
    labels.forEach((label, values) -> claims.put(label, List.of(values.split(",", -1))));
    byte[] secret = TokenKey.newSeed();
    TokenKey key = new TokenKey(secret);
    Instant until = Instant.now().plus(Expiry.after(expires)).truncatedTo(ChronoUnit.SECONDS);
    TokenBody body;
    try {
      body = new TokenBody(until.toEpochMilli(), Bytes.of(key.publicKey()), claims, uses);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
    try (PolicyView view = policy.open();
        NodeClient client = policy.node.connect(policy.operator.load())) {
      JoinToken.Builder token =
          JoinToken.newBuilder()
              .setMesh(view.mesh())
              .setSecret(ByteString.copyFrom(secret))
              .setExpiresMillis(body.expiresMillis())
              .addAllSeeds(seeds(client));
      claims.forEach(
          (label, values) ->
              token.putLabels(label, Claim.newBuilder().addAllValues(values).build()));
      view.propose(
          List.of(Change.put(AdmissionKind.TOKEN.key(key.id()), body.text(), Change.ABSENT)));
      print(key.id(), until, JoinText.of(token.build()));
    }
    return 0;
  }

  private void print(String id, Instant until, String text) {
    var out = spec.commandLine().getOut();
    if (policy.json) {
      out.println(
          Json.pretty(
              Json.MAPPER
                  .createObjectNode()
                  .put("id", id)
                  .put("expires", until.toString())
                  .put("uses", uses)
                  .put("token", text)));
      return;
    }
    // The token alone on standard output, so that it can be piped.
    spec.commandLine()
        .getErr()
        .println(
            "token %s lets %d join until %s; on the new machine: rhizome join TOKEN DIR"
                .formatted(id, uses, until));
    out.println(text);
  }

  /** Nodes that are up, of different sites first. */
  private static List<JoinSeed> seeds(NodeClient client) {
    List<NodeInfo> usable =
        client.admin().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList().stream()
            .filter(node -> USABLE.contains(node.getStatus()))
            .sorted(Comparator.comparing(node -> !node.getSelf()))
            .toList();
    List<NodeInfo> chosen = new ArrayList<>();
    List<NodeInfo> others = new ArrayList<>();
    List<String> sites = new ArrayList<>();
    for (NodeInfo node : usable) {
      String site = node.getLabelsOrDefault("site", "");
      (sites.contains(site) ? others : chosen).add(node);
      sites.add(site);
    }
    chosen.addAll(others);
    return chosen.stream()
        .limit(MAX_SEEDS)
        .map(
            node ->
                JoinSeed.newBuilder()
                    .setAddress(node.getMeshAddress())
                    .setNode(ByteString.copyFrom(NodeId.parse(node.getNodeId()).bytes()))
                    .build())
        .toList();
  }
}
