// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.Optional;

/**
 * What this node knows of the mesh at the moment of one decision, itself included.
 *
 * <p>Nothing here is copied for the decision: who holds what is an index made once per change, and
 * a node is looked at only when it is a candidate. Any thread.
 */
public interface ClusterView {
  /** The node whose view this is. */
  NodeId self();

  /** The moment of the decision, in nanoseconds on a monotonic scale. */
  long nowNanos();

  /** Who holds that model, of the nodes that may be used. */
  Holders holders(String model);

  /** That node as it stands now; empty where it may not be used, having left or died. */
  Optional<NodeView> node(NodeId id);

  /**
   * When that holder may have room for such a request, where it refused others like it just now: in
   * so many nanoseconds, by its own word; 0 where it may be asked.
   */
  default long retryNanos(NodeId holder, Request request) {
    return 0;
  }

  /** What policy says of where such a request may run and pass. */
  RouteRules rules(Request request);
}
