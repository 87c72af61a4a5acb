// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes next, and why.
 *
 * @param action what to do
 * @param considered who was looked at and what was thought of each
 * @param ask nodes whose load this router would like to know for the decisions to come; few
 */
public record RouteDecision(Action action, List<Considered> considered, List<NodeId> ask) {
  public RouteDecision {
    considered = List.copyOf(considered);
    ask = List.copyOf(ask);
  }

  /** The same, asking these nodes for their load meanwhile. */
  public RouteDecision asking(List<NodeId> nodes) {
    return new RouteDecision(action, considered, nodes);
  }

  /** What to do with the request. */
  public sealed interface Action {
    /** Run this version here. */
    record RunHere(long version) implements Action {}

    /**
     * Send it to that node.
     *
     * @param to who gets it
     * @param target the holder it is for, if {@code to} is only to pass it on; else null
     * @param version the version that the holder has
     */
    record Forward(NodeId to, @Nullable NodeId target, long version) implements Action {
      /** The node that is to run it. */
      public NodeId holder() {
        return target == null ? to : target;
      }
    }

    /** Nobody can serve it. */
    record Refuse(Refusal reason) implements Action {}
  }

  /** Why nobody can serve a request. */
  public enum Refusal {
    /** No node in view holds that model, or not that version. */
    NO_HOLDER,
    /** There are holders, but all were tried, visited or cannot be reached. */
    HOLDERS_EXHAUSTED,
    /** Holders could be reached, but refused others like it just now for want of room. */
    OVERLOADED,
    /** Holders could be reached, but policy lets the request go to none of them. */
    FORBIDDEN,
    /** The request may not hop any further. */
    HOP_LIMIT
  }

  /**
   * One candidate and what was thought of it.
   *
   * @param node who
   * @param estimate what the request would take there
   * @param verdict one word or phrase for people: {@code chosen}, {@code slower}, {@code visited}
   *     ...
   */
  public record Considered(NodeId node, Estimate estimate, String verdict) {}
}
