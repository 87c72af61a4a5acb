// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.RouteDecision.Considered;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a router would decide for a request now, with every holder and what speaks for or against
 * it.
 *
 * @param router who decides
 * @param decision what it decided
 * @param holders all nodes that hold a wanted version, the one chosen first, then by estimate;
 *     those that have it on disk only are excluded, unless one of them is chosen to load it
 * @param changes what would change the decision, for people; each is one sentence about one node
 */
public record Explanation(
    String router, RouteDecision decision, List<Holder> holders, List<Change> changes) {
  private static final int MAX_HOLDERS = 1_024;
  private static final int MAX_CHANGES = 4;
  private static final String NOT_LOOKED_AT = "not looked at";

  public Explanation {
    holders = List.copyOf(holders);
    changes = List.copyOf(changes);
  }

  /**
   * One holder.
   *
   * @param node as it stands
   * @param version the newest wanted version that it holds
   * @param estimate what the request would take there
   * @param verdict what the router thought of it, or what it was ruled out by
   * @param excluded whether it was ruled out before the router could choose it
   * @param chosen whether it is the one
   * @param cold whether it has it on disk only: the estimate does not tell how long loading takes
   */
  public record Holder(
      NodeView node,
      long version,
      Estimate estimate,
      String verdict,
      boolean excluded,
      boolean chosen,
      boolean cold) {}

  /**
   * What would have to be otherwise.
   *
   * @param node who would then be chosen
   * @param condition such as {@code if the chosen node took 3.2 ms longer}
   */
  public record Change(NodeId node, String condition) {}

  /** Asks that router, and all that it did not say. Sends nothing. */
  public static Explanation of(
      Request request, ClusterView view, Router router, RandomGenerator random) {
    return of(request, view, router.name(), router.route(request, view, random));
  }

  /** What that router has just decided, and all that it did not say. */
  static Explanation of(Request request, ClusterView view, String router, RouteDecision decision) {
    SortedMap<NodeId, String> verdicts = new TreeMap<>();
    for (Considered considered : decision.considered()) {
      verdicts.put(considered.node(), considered.verdict());
    }
    Candidates candidates = Candidates.of(request, view);
    Holders held = view.holders(request.model());
    Look look =
        (node, version, cold) -> {
          boolean chosen = isHolder(decision.action(), node.id(), view.self());
          String objection = chosen ? null : objection(candidates, node, cold);
          String said = verdicts.getOrDefault(node.id(), NOT_LOOKED_AT);
          return new Holder(
              node,
              version,
              node.estimate(request.bytes()),
              objection == null ? said : objection,
              objection != null,
              chosen,
              cold);
        };
    SortedMap<NodeId, Holder> holders = new TreeMap<>();
    addAll(holders, held.wanted(request.version()), view, false, look);
    addAll(holders, held.wantedCold(request.version()), view, true, look);
    List<Holder> sorted = new ArrayList<>(holders.values());
    sorted.sort(
        Comparator.comparing(Holder::chosen, Comparator.reverseOrder())
            .thenComparing(Holder::excluded)
            .thenComparing(Holder::cold)
            .thenComparingLong(holder -> holder.estimate().totalNanos()));
    return new Explanation(router, decision, sorted, changes(decision, sorted));
  }

  private static boolean isHolder(Action action, NodeId node, NodeId self) {
    return action instanceof Action.Forward forward
        ? forward.holder().equals(node)
        : action instanceof Action.RunHere && self.equals(node);
  }

  private static @Nullable String objection(Candidates candidates, NodeView node, boolean cold) {
    return cold ? candidates.objectionToLoad(node) : candidates.objection(node);
  }

  private interface Look {
    Holder at(NodeView node, long version, boolean cold);
  }

  private static void addAll(
      SortedMap<NodeId, Holder> holders,
      SortedMap<Long, List<NodeId>> held,
      ClusterView view,
      boolean cold,
      Look look) {
    held.forEach(
        (version, nodes) -> {
          for (NodeId id : nodes) {
            NodeView node = view.node(id).orElse(null);
            if (node != null && !holders.containsKey(id) && holders.size() < MAX_HOLDERS) {
              holders.put(id, look.at(node, version, cold));
            }
          }
        });
  }

  private static List<Change> changes(RouteDecision decision, List<Holder> holders) {
    List<Change> changes = new ArrayList<>();
    boolean refused = decision.action() instanceof Action.Refuse;
    long chosenNanos = refused ? Long.MAX_VALUE : holders.get(0).estimate().totalNanos();
    Optional<Holder> next =
        holders.stream().filter(holder -> !holder.excluded() && !holder.chosen()).findFirst();
    if (!refused && next.isPresent()) {
      long more = next.get().estimate().totalNanos() - chosenNanos;
      changes.add(
          new Change(
              next.get().node().id(),
              more > 0
                  ? "if the chosen node took " + millis(more) + " longer"
                  : "if it were less busy, for it would be no slower"));
    }
    for (Holder holder : holders) {
      if (holder.excluded()
          && (refused || !holder.cold())
          && holder.estimate().totalNanos() < chosenNanos
          && changes.size() < MAX_CHANGES) {
        changes.add(new Change(holder.node().id(), "were it not for this: " + holder.verdict()));
      }
    }
    return changes;
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
  }
}
