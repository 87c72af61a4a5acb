// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.ArrayList;
import java.util.List;

/**
 * What routing may know of a request. The tensors are not here: nothing on the way parses them.
 *
 * @param model the model's name
 * @param version the wanted version counter, 0 for the newest
 * @param bytes size of the encoded request in bytes
 * @param visited the nodes it has passed, entry first; this node is not among them
 * @param hopLimit how many more hops it may take; 0 means that it must run here or fail
 */
public record Request(String model, long version, long bytes, List<NodeId> visited, int hopLimit) {
  /** Hop limit of a request that a client just sent. */
  public static final int DEFAULT_HOP_LIMIT = 4;

  public Request {
    visited = List.copyOf(visited);
  }

  /**
   * This request as the next node gets it from {@code self}: one more node passed, one hop less.
   */
  public Request forwardedBy(NodeId self) {
    List<NodeId> passed = new ArrayList<>(visited);
    passed.add(self);
    return new Request(model, version, bytes, passed, hopLimit - 1);
  }
}
