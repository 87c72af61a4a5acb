// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.v1.NodeInfo;
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

  /** Connects; the caller closes. Nothing is sent yet. */
  NodeClient connect() {
    return new NodeClient(NodeAddress.parse(address), apiKey);
  }

  /** Connects to another node that this one told of, as it does to this one. */
  NodeClient connectTo(NodeInfo peer) {
    boolean tls = NodeAddress.parse(address).key() != null;
    return new NodeClient(
        new NodeAddress(
            Endpoint.parse(peer.getApiAddress()), tls ? NodeId.parse(peer.getNodeId()) : null),
        apiKey);
  }
}
