// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.config.NodeConfig;
import java.time.Duration;

/** Placeholder with the shape that {@code up} calls; the wiring replaces it. */
public final class Node implements AutoCloseable {
  private final NodeConfig config;

  private Node(NodeConfig config) {
    this.config = config;
  }

  /** Starts a node. */
  public static Node start(NodeConfig config) {
    return new Node(config);
  }

  /** Where clients reach it. */
  public Endpoint apiEndpoint() {
    return config.api().advertised(config.api().port());
  }

  /** Where peers reach it. */
  public Endpoint meshEndpoint() {
    return config.mesh().advertised(config.mesh().port());
  }

  /** Who it is. */
  public NodeId nodeId() {
    return NodeId.of(new byte[NodeId.BYTES]);
  }

  /** Blocks until it serves. */
  public void awaitReady() {}

  /** Finishes what runs. */
  public void drain(Duration limit) {}

  @Override
  public void close() {}
}
