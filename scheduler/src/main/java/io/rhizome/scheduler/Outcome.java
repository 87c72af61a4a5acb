// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt ended, for routers that learn.
 *
 * @param holder where it ran or was to run
 * @param failure null where it was answered
 * @param elapsedNanos from sending to the end
 * @param load what the holder said of its load, if it said anything
 * @param cold whether the holder was to load the model first: then the time says nothing of runs
 */
public record Outcome(
    NodeId holder,
    Failure.@Nullable Kind failure,
    long elapsedNanos,
    @Nullable Load load,
    boolean cold) {
  /** That of an attempt at a node that had the model loaded. */
  public Outcome(
      NodeId holder, Failure.@Nullable Kind failure, long elapsedNanos, @Nullable Load load) {
    this(holder, failure, elapsedNanos, load, false);
  }
}
