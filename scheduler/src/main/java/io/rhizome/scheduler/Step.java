// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@link Dispatch} asks its driver to do next. */
public sealed interface Step {
  /**
   * Run it on this node's executor.
   *
   * @param attempt its number, to be told with how it ended
   * @param version the version counter to run
   * @param timeoutNanos what is left of the deadline
   * @param cold whether it is to be loaded first, if it is not loaded by then
   */
  record RunHere(int attempt, long version, long timeoutNanos, boolean cold) implements Step {}

  /**
   * Send it to a peer as {@link Request#forwardedBy} makes it.
   *
   * @param attempt its number, to be told with how it ended
   * @param to the peer
   * @param target the holder that the peer is to pass it to; null where the peer is to run it
   * @param version the version that this node believes the holder has
   * @param timeoutNanos what is left of the deadline
   */
  record Forward(int attempt, NodeId to, @Nullable NodeId target, long version, long timeoutNanos)
      implements Step {
    /** The node that is to run it. */
    public NodeId holder() {
      return target == null ? to : target;
    }
  }

  /**
   * Nobody waits for that attempt any more: cancel it; news of it is not wanted.
   *
   * @param attempt which
   * @param silent whether it was given up as its holder said nothing at all since it was sent
   */
  record GiveUp(int attempt, boolean silent) implements Step {}

  /**
   * Ask these nodes for their load, for the decisions to come.
   *
   * @param router the name of the router that wants to know
   */
  record Ask(List<NodeId> nodes, String router) implements Step {
    public Ask {
      nodes = List.copyOf(nodes);
    }
  }

  /** Give up and tell the caller. Nothing is running any more. */
  record Fail(DispatchError error) implements Step {}
}
