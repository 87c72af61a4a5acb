// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusRuntimeException;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.NodeInfo;
import io.rhizome.v1.PolicyStatusRequest;
import io.rhizome.v1.PolicyStatusResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * How every node stands with policy.
 *
 * @param here what the node that was asked first answered
 * @param nodes all that it knows
 * @param answers by node id; nodes that did not answer are left out
 */
record PolicyStatuses(
    PolicyStatusResponse here,
    List<NodeInfo> nodes,
    SortedMap<String, PolicyStatusResponse> answers) {
  private static final long PEER_SECONDS = 3;

  /** Asks the node, then every other that it knows. */
  static PolicyStatuses ask(NodeOption node, NodeClient client) {
    PolicyStatusResponse here =
        client.policy().policyStatus(PolicyStatusRequest.getDefaultInstance());
    List<NodeInfo> nodes =
        client.admin().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList();
    SortedMap<String, PolicyStatusResponse> answers = new TreeMap<>();
    for (NodeInfo info : nodes) {
      if (info.getSelf()) {
        answers.put(info.getNodeId(), here);
      } else {
        ask(node, info, answers);
      }
    }
    return new PolicyStatuses(here, nodes, answers);
  }

  private static void ask(
      NodeOption node, NodeInfo info, SortedMap<String, PolicyStatusResponse> answers) {
    try (NodeClient peer = node.connectTo(info, null)) {
      answers.put(
          info.getNodeId(),
          peer.policy()
              .withDeadlineAfter(PEER_SECONDS, TimeUnit.SECONDS)
              .policyStatus(PolicyStatusRequest.getDefaultInstance()));
    } catch (StatusRuntimeException e) {
      // Whoever looks sees that it did not answer.
      answers.remove(info.getNodeId());
    }
  }

  /** The newest policy version that any of them has. */
  long newest() {
    return answers.values().stream().mapToLong(PolicyStatusResponse::getVersion).max().orElse(0);
  }

  /** The newest epoch that any of them knows. */
  long epoch() {
    return answers.values().stream().mapToLong(PolicyStatusResponse::getEpoch).max().orElse(0);
  }

  /** What a node is called; its short id where that is not known. */
  String name(String nodeId) {
    return nodes.stream()
        .filter(info -> info.getNodeId().equals(nodeId))
        .map(NodeChoice::name)
        .findFirst()
        .orElse(NodeChoice.shortId(nodeId));
  }

  /** What is wrong, and what helps, where those that vote and answer are no majority. */
  Optional<String> trouble() {
    List<String> voters = here.getVotersList();
    List<String> missing = voters.stream().filter(id -> !answers.containsKey(id)).toList();
    if (voters.isEmpty()) {
      return Optional.of("this node knows no voter yet");
    }
    if (voters.size() - missing.size() > voters.size() / 2) {
      return Optional.empty();
    }
    // Of those with the newest version a voter: its log may hold more than it knows to be
    // committed.
    String from =
        answers.entrySet().stream()
            .max(
                Comparator.comparingLong(
                        (Map.Entry<String, PolicyStatusResponse> entry) ->
                            entry.getValue().getVersion())
                    .thenComparing(entry -> voters.contains(entry.getKey())))
            .map(entry -> name(entry.getKey()))
            .orElse("NODE");
    return Optional.of(
        ("no quorum: %d of %d voters unreachable: %s; bring %s back, or if that is lost for good:"
                + " rhizome policy recover --from %s")
            .formatted(
                missing.size(),
                voters.size(),
                missing.stream().map(this::name).collect(Collectors.joining(", ")),
                missing.size() == 1 ? "it" : "one",
                from));
  }
}
