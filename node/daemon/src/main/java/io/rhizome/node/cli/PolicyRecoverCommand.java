// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.google.protobuf.ByteString;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.policy.EpochStatement;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.v1.NodeInfo;
import io.rhizome.v1.PolicyStatusResponse;
import io.rhizome.v1.RecoverRequest;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rhizome policy recover}: one node goes on alone. */
@Command(
    name = "recover",
    description =
        "When a majority of the voters is lost for good: let one node go on alone with the policy that"
            + " it has. The old voters count no more, even if they come back; what only they knew is"
            + " lost.")
final class PolicyRecoverCommand implements Callable<Integer> {
  private static final long LIMIT_SECONDS = 90;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();
  @Mixin OperatorOption operator = new OperatorOption();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "NODE",
      description = "Who goes on: a name, an id or the start of one, see: rhizome policy status.")
  String from = "";

  @Option(
      names = "--lose-newer",
      description = "Do it though another node that answers has a newer version.")
  boolean loseNewer;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() throws IOException {
    Identity key = operator.load();
    try (NodeClient client = node.connect()) {
      PolicyStatuses all = PolicyStatuses.ask(node, client);
      NodeInfo chosen = NodeChoice.choose(all.nodes(), from);
      PolicyStatusResponse status = all.answers().get(chosen.getNodeId());
      if (status == null) {
        throw new ConfigException(
            "node %s does not answer at %s; choose one that does: rhizome policy status"
                .formatted(NodeChoice.name(chosen), chosen.getApiAddress()));
      }
      requireNewest(all, chosen, status);
      long version = recover(chosen, status.getMesh(), all.epoch() + 1, key);
      print(NodeChoice.name(chosen), all.epoch() + 1, version);
      return 0;
    }
  }

  private void requireNewest(PolicyStatuses all, NodeInfo chosen, PolicyStatusResponse status) {
    if (loseNewer || status.getVersion() >= all.newest()) {
      return;
    }
    String newest =
        all.answers().entrySet().stream()
            .filter(entry -> entry.getValue().getVersion() == all.newest())
            .map(entry -> all.name(entry.getKey()))
            .findFirst()
            .orElseThrow();
    throw new ConfigException(
        "node %s has policy version %d, node %s has %d: use --from %s, or --lose-newer"
            .formatted(NodeChoice.name(chosen), status.getVersion(), newest, all.newest(), newest));
  }

  private long recover(NodeInfo chosen, String mesh, long number, Identity key) {
    NodeId id = NodeId.parse(chosen.getNodeId());
    EpochStatement unsigned = new EpochStatement(mesh, number, id, key.nodeId(), Bytes.EMPTY);
    Bytes signature = Bytes.of(key.sign(unsigned.signedBytes().toArray()));
    EpochStatement order = new EpochStatement(mesh, number, id, key.nodeId(), signature);
    try (NodeClient target = node.connectTo(chosen, null)) {
      return target
          .provenPolicy(key)
          .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
          .recover(
              RecoverRequest.newBuilder()
                  .setEpoch(ByteString.copyFrom(PolicyCodec.encode(order)))
                  .build())
          .getVersion();
    }
  }

  private void print(String name, long epoch, long version) {
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(
          Json.pretty(
              Json.MAPPER
                  .createObjectNode()
                  .put("node", name)
                  .put("epoch", epoch)
                  .put("version", version)));
      return;
    }
    out.println("node " + name + " goes on alone in epoch " + epoch);
    out.println("policy version " + version);
    out.println("others follow it from now on, and get votes as they are seen to stay");
  }
}
