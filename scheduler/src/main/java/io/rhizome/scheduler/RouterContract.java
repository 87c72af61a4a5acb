// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.RouteDecision.Action;

/** What a router may decide, whatever it is: not to send a request where it was. */
final class RouterContract {
  private RouterContract() {}

  /** {@link IllegalStateException} where a request on that path may not go so from this node. */
  static void require(Router router, Action action, Request.Path path, NodeId self) {
    if (action instanceof Action.RunHere && path.tried().contains(self)) {
      throw new IllegalStateException("router " + router.name() + " chose again " + self);
    }
    if (action instanceof Action.Forward forward) {
      NodeId to = forward.to();
      NodeId holder = forward.holder();
      if (path.tried().contains(holder) || path.tried().contains(to)) {
        throw new IllegalStateException("router " + router.name() + " chose again " + holder);
      }
      if (to.equals(self)
          || holder.equals(self)
          || path.visited().contains(to)
          || path.visited().contains(holder)
          || path.hopLimit() < (forward.target() == null ? 1 : 2)) {
        throw new IllegalStateException("router " + router.name() + " may not forward to " + to);
      }
    }
  }
}
