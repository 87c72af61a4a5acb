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
 */
public record Outcome(
    NodeId holder, Failure.@Nullable Kind failure, long elapsedNanos, @Nullable Load load) {}
