// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.List;

/**
 * Where a request goes next, and why.
 *
 * @param action what to do
 * @param considered every holder that was looked at, ordered by id, for {@code explain} and for
 *     errors
 */
public record RouteDecision(Action action, List<Considered> considered) {
  public RouteDecision {
    considered = List.copyOf(considered);
  }

  /** What to do with the request. */
  public sealed interface Action {
    /** Run this version here. */
    record RunHere(long version) implements Action {}

    /** Send it to that node, which holds this version. */
    record Forward(NodeId to, long version) implements Action {}

    /** Nobody can serve it. */
    record Refuse(Refusal reason) implements Action {}
  }

  /** Why nobody can serve a request. */
  public enum Refusal {
    /** No node in view holds that model, or not that version. */
    NO_HOLDER,
    /** There are holders, but all were tried, visited or cannot be reached. */
    HOLDERS_EXHAUSTED,
    /** The request may not hop any further. */
    HOP_LIMIT
  }

  /**
   * One candidate and what was thought of it.
   *
   * @param node who
   * @param estimateNanos network + queue + service, in nanoseconds
   * @param verdict one word or phrase for people: {@code chosen}, {@code slower}, {@code visited}
   *     ...
   */
  public record Considered(NodeId node, long estimateNanos, String verdict) {}
}
