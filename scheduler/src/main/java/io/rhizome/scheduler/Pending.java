// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.RouteDecision.Action;
import org.jspecify.annotations.Nullable;

/** An attempt of a {@link Dispatch} that is out, with its time. Not thread-safe. */
final class Pending {
  /** Beyond its queue, an attempt may take so many times what a run does there. */
  private static final int RUNS_ALLOWED = 3;

  final int number;
  final NodeId holder;

  /** Who is to pass it to the holder; null where nobody is. */
  final @Nullable NodeId relay;

  /** Whether the holder has to load the model first. */
  final boolean cold;

  final long sentNanos;

  /** How long it may take beside the holder's queue; {@link Long#MAX_VALUE} for ever. */
  final long allowedNanos;

  /** When its time is over. */
  long timeoutNanos;

  Pending(int number, Action action, NodeId self, boolean cold, long sentNanos, long allowedNanos) {
    Action.Forward forward = action instanceof Action.Forward there ? there : null;
    this.number = number;
    this.holder = forward == null ? self : forward.holder();
    this.relay = forward == null || forward.target() == null ? null : forward.to();
    this.cold = cold;
    this.sentNanos = sentNanos;
    this.allowedNanos = allowedNanos;
  }

  /**
   * How long it may well take by what its holder said since: that is busy, not hung. 0 where it
   * said nothing since.
   */
  long expectedNanos(ClusterView view) {
    NodeView there = heardSince(view);
    return there == null
        ? 0
        : there.load().queueNanos() + RUNS_ALLOWED * there.load().serviceNanos();
  }

  /** The holder, if it said anything to anybody here since it was sent. */
  @Nullable NodeView heardSince(ClusterView view) {
    return view.node(holder)
        .filter(node -> node.loadAgeNanos() <= view.nowNanos() - sentNanos)
        .orElse(null);
  }
}
