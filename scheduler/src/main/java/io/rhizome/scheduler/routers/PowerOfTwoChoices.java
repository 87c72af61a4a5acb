// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.RouteDecision.Considered;
import io.rhizome.scheduler.RouteDecision.Refusal;
import io.rhizome.scheduler.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Draws two holders at random and takes the cheaper (M. Mitzenmacher, "The Power of Two Choices in
 * Randomized Load Balancing", IEEE TPDS 12(10), 2001).
 *
 * <p><b>Goals.</b> Low latency; no herd: what a node knows of others' load is old, and whoever
 * always takes the least loaded sends everybody's burst to the same node. Local work stays local
 * while that is no slower.
 *
 * <p><b>Constraints.</b> Only a node that holds the wanted version, is reachable, was not passed
 * and has not failed this request may get it. Version 0 asks for the newest version that an
 * eligible holder has; once all its holders are out, the next older one serves. A request whose hop
 * limit is 0 runs here or nowhere.
 *
 * <p><b>Algorithm.</b> An estimate is round trip + queue + service in nanoseconds, a round trip not
 * yet known counting as {@value #UNKNOWN_RTT_NANOS}. Of the eligible remote holders two distinct
 * ones are drawn; the lower estimate wins, the first drawn on a tie. This node, where eligible, is
 * compared with the winner and wins ties, as it costs no network. A request that a peer sent here
 * runs here while it can: the peer chose by fresher data than a second guess would have, and each
 * hop must bring it closer.
 *
 * <p><b>Example.</b> Here: not a holder. Holders: A at 2 ms with 10 ms of queue, B at 5 ms and
 * idle, C at 1 ms with 50 ms of queue, service 1 ms each: A 13 ms, B 6 ms, C 52 ms. Drawn A and C:
 * A. Drawn B and either: B. C, the worst of all, is never chosen.
 *
 * <p>Stateless; any thread.
 */
public final class PowerOfTwoChoices implements Router {
  /** What a round trip not yet measured counts as: about that of a neighbouring site. */
  static final long UNKNOWN_RTT_NANOS = 1_000_000;

  @Override
  public String name() {
    return "power_of_two";
  }

  @Override
  public RouteDecision route(
      Request request, SortedSet<NodeId> excluded, ClusterView view, RandomGenerator random) {
    List<NodeView> holders = view.holders(request.model());
    if (holders.stream().noneMatch(node -> holdsWanted(node, request))) {
      return new RouteDecision(new Action.Refuse(Refusal.NO_HOLDER), List.of());
    }
    SortedSet<NodeId> visited = new TreeSet<>(request.visited());
    @Nullable String[] verdicts = new String[holders.size()];
    List<Integer> remotes = new ArrayList<>(holders.size());
    long version = newestEligible(request, excluded, visited, view, verdicts);
    int local = -1;
    for (int i = 0; i < verdicts.length; i++) {
      if (verdicts[i] == null && !versions(holders.get(i), request).contains(version)) {
        verdicts[i] = "older version";
      } else if (verdicts[i] == null && holders.get(i).id().equals(view.self())) {
        local = i;
      } else if (verdicts[i] == null) {
        remotes.add(i);
      }
    }
    if (local >= 0 && !request.visited().isEmpty()) {
      remotes.forEach(remote -> verdicts[remote] = "one hop further");
      remotes.clear();
    }
    int chosen = choose(holders, local, remotes, verdicts, random);
    List<Considered> considered = considered(holders, verdicts);
    if (chosen < 0) {
      Refusal reason = request.hopLimit() < 1 ? Refusal.HOP_LIMIT : Refusal.HOLDERS_EXHAUSTED;
      return new RouteDecision(new Action.Refuse(reason), considered);
    }
    Action action =
        chosen == local
            ? new Action.RunHere(version)
            : new Action.Forward(holders.get(chosen).id(), version);
    return new RouteDecision(action, considered);
  }

  /**
   * Writes a verdict against every holder that may not serve, and returns the version that the rest
   * competes with; 0 when none is left.
   */
  private static long newestEligible(
      Request request,
      SortedSet<NodeId> excluded,
      SortedSet<NodeId> visited,
      ClusterView view,
      @Nullable String[] verdicts) {
    List<NodeView> holders = view.holders(request.model());
    long newest = 0;
    for (int i = 0; i < verdicts.length; i++) {
      NodeView node = holders.get(i);
      verdicts[i] = objection(node, request, excluded, visited, view.self());
      if (verdicts[i] == null) {
        long version = request.version() == 0 ? versions(node, request).last() : request.version();
        newest = Math.max(newest, version);
      }
    }
    return newest;
  }

  private static @Nullable String objection(
      NodeView node,
      Request request,
      SortedSet<NodeId> excluded,
      SortedSet<NodeId> visited,
      NodeId self) {
    if (!holdsWanted(node, request)) {
      return "another version";
    }
    if (excluded.contains(node.id())) {
      return "tried";
    }
    if (node.id().equals(self)) {
      return null;
    }
    if (visited.contains(node.id())) {
      return "visited";
    }
    if (!node.reachable()) {
      return "unreachable";
    }
    return request.hopLimit() < 1 ? "beyond the hop limit" : null;
  }

  /** The index of the winner, -1 when there is none; completes the verdicts. */
  private static int choose(
      List<NodeView> holders,
      int local,
      List<Integer> remotes,
      @Nullable String[] verdicts,
      RandomGenerator random) {
    for (int remote : remotes) {
      verdicts[remote] = "not drawn";
    }
    int chosen = local;
    if (!remotes.isEmpty()) {
      int first = random.nextInt(remotes.size());
      chosen = cheaper(holders, verdicts, local, remotes.get(first));
      if (remotes.size() > 1) {
        int second = random.nextInt(remotes.size() - 1);
        second = second >= first ? second + 1 : second;
        chosen = cheaper(holders, verdicts, chosen, remotes.get(second));
      }
    }
    if (chosen >= 0) {
      verdicts[chosen] = "chosen";
    }
    return chosen;
  }

  /** The cheaper of two, the first on a tie; writes a verdict against the other. */
  private static int cheaper(
      List<NodeView> holders, @Nullable String[] verdicts, int first, int second) {
    if (first < 0) {
      return second;
    }
    boolean secondWins = estimateNanos(holders.get(second)) < estimateNanos(holders.get(first));
    verdicts[secondWins ? first : second] = "slower";
    return secondWins ? second : first;
  }

  private static List<Considered> considered(List<NodeView> holders, @Nullable String[] verdicts) {
    List<Considered> considered = new ArrayList<>(verdicts.length);
    for (int i = 0; i < verdicts.length; i++) {
      NodeView node = holders.get(i);
      String verdict = verdicts[i];
      considered.add(
          new Considered(node.id(), estimateNanos(node), verdict == null ? "" : verdict));
    }
    return considered;
  }

  private static boolean holdsWanted(NodeView node, Request request) {
    NavigableSet<Long> versions = versions(node, request);
    return request.version() == 0 ? !versions.isEmpty() : versions.contains(request.version());
  }

  private static NavigableSet<Long> versions(NodeView node, Request request) {
    NavigableSet<Long> versions = node.ready().get(request.model());
    return versions == null ? new TreeSet<>() : versions;
  }

  private static long estimateNanos(NodeView node) {
    long rtt = node.rttNanos() < 0 ? UNKNOWN_RTT_NANOS : node.rttNanos();
    Load load = node.load();
    return plus(plus(rtt, load.queueNanos()), load.serviceNanos());
  }

  /** Saturating, and deaf to negative claims: load is what a peer says of itself. */
  private static long plus(long sum, long claimed) {
    long term = Math.max(0, claimed);
    return sum > Long.MAX_VALUE - term ? Long.MAX_VALUE : sum + term;
  }
}
