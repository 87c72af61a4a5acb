// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.identity.Identity;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.NodeInfo;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which node should act: {@code --node} itself, or another one that it knows, by {@code --on}. */
final class NodeChoice {
  private static final int SHORT_LENGTH = 8;

  @Mixin NodeOption node = new NodeOption();

  @Option(
      names = "--on",
      paramLabel = "NODE",
      description = "Act on that node: a name, an id or the start of one (default: --node itself).")
  @Nullable String on;

  /**
   * Connects to the node that should act; the caller closes.
   *
   * @param operator who proves what is asked; null for nobody
   */
  NodeClient connect(@Nullable Identity operator) {
    if (on == null) {
      return node.connect(operator);
    }
    try (NodeClient door = node.connect(operator)) {
      List<NodeInfo> known =
          door.admin().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList();
      return node.connectTo(choose(known, on), operator);
    }
  }

  /** The one node that this text means; {@link ConfigException} lists the choices otherwise. */
  static NodeInfo choose(List<NodeInfo> known, String text) {
    List<NodeInfo> named = known.stream().filter(info -> name(info).equals(text)).toList();
    List<NodeInfo> found =
        named.isEmpty()
            ? known.stream().filter(info -> info.getNodeId().startsWith(text)).toList()
            : named;
    if (found.size() == 1) {
      return found.get(0);
    }
    String choices =
        (found.isEmpty() ? known : found)
            .stream()
                .map(info -> name(info) + " (" + shortId(info.getNodeId()) + ")")
                .sorted()
                .collect(Collectors.joining(", "));
    throw new ConfigException(
        (found.isEmpty() ? "no node '" : "more than one node '")
            + text
            + (found.isEmpty() ? "' is known here; known: " : "': ")
            + choices);
  }

  static String name(NodeInfo info) {
    return info.getLabelsOrDefault("name", shortId(info.getNodeId()));
  }

  static String shortId(String id) {
    return id.substring(0, Math.min(SHORT_LENGTH, id.length()));
  }
}
