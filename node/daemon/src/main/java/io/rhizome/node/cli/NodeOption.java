// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.gossip.Endpoint;
import picocli.CommandLine.Option;

/** Which node to ask. */
final class NodeOption {
  @Option(
      names = "--node",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:RHIZOME_NODE:-127.0.0.1:8001}",
      description = "The node's public gRPC address (RHIZOME_NODE; default 127.0.0.1:8001).")
  String address = "";

  /** Connects; the caller closes. Nothing is sent yet. */
  NodeClient connect() {
    return new NodeClient(Endpoint.parse(address));
  }
}
