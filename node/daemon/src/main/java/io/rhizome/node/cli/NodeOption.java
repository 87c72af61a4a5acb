// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.identity.Identity;
import io.rhizome.v1.NodeInfo;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which node to ask, and as whom. */
final class NodeOption {
  @Option(
      names = "--node",
      paramLabel = "ADDRESS",
      defaultValue = "${env:RHIZOME_NODE:-127.0.0.1:8001}",
      description =
          "The node's public gRPC address: HOST:PORT, or tls://HOST:PORT#ID with the node's id"
              + " (RHIZOME_NODE; default 127.0.0.1:8001).")
  String address = "";

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      defaultValue = "${env:RHIZOME_API_KEY:-}",
      description =
          "An API key, where the node asks for one (RHIZOME_API_KEY, which others cannot see).")
  String apiKey = "";

  @Option(
      names = "--client-key",
      paramLabel = "FILE",
      description = "A key file to prove by TLS, in place of an API key's secret.")
  @Nullable Path clientKey;

  /** Connects; the caller closes. Nothing is sent yet. */
  NodeClient connect() {
    return connect(null);
  }

  /** The same for calls that an operator proves, those that only read too. */
  NodeClient connect(@Nullable Identity operator) {
    return new NodeClient(NodeAddress.parse(address), credentials(operator));
  }

  /** Connects to another node that this one told of, as it does to this one. */
  NodeClient connectTo(NodeInfo peer, @Nullable Identity operator) {
    boolean tls = NodeAddress.parse(address).key() != null;
    return new NodeClient(
        new NodeAddress(
            Endpoint.parse(peer.getApiAddress()), tls ? NodeId.parse(peer.getNodeId()) : null),
        credentials(operator));
  }

  private Credentials credentials(@Nullable Identity operator) {
    try {
      return new Credentials(apiKey, clientKey == null ? null : Identity.load(clientKey), operator);
    } catch (IOException e) {
      throw new ConfigException("--client-key: " + e.getMessage(), e);
    }
  }
}
