// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.NodeView.Standing;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.RouteDecision.Considered;
import io.rhizome.scheduler.RouteDecision.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The nodes among which a router may choose for one request, and how it says what it chose.
 *
 * <p><b>Goals.</b> No router can break policy, loop, or send a request to a node that cannot serve
 * it. Where a thousand nodes hold a model, a decision costs what the few cost that it looks at.
 *
 * <p><b>Constraints.</b> A candidate holds the wanted version, did not fail this request, and
 * policy lets the request run there. One that is not this node was not passed by the request, can
 * be reached within the hop limit, directly or through a relay that policy allows, too. Version 0
 * stands for the newest that a candidate has.
 *
 * <p>Where policy does not even let the request pass this node, there is none: a client brought it
 * to the wrong door.
 *
 * <p><b>Progress.</b> What a peer sent here runs here, if this node may run it: the peer chose by
 * what it knew, and a second guess would send it on a tour. A relay passes it to the holder that it
 * was given for, and to nobody else. So a path is entry, at most one relay, holder.
 *
 * <p><b>Room.</b> A holder that refused others like it just now for want of room ({@link
 * ClusterView#retryNanos}) is none for a request that enters here, and where only such are well
 * nobody is: a node that fails would get what the others have no room for.
 *
 * <p><b>Last resort.</b> Suspected and ejected nodes are candidates only where no other node can
 * serve, of any wanted version, and those that were not reached of late only where these are none
 * either: the failure detector may be wrong, an error is certain.
 *
 * <p><b>Cold.</b> Where no node that policy lets the request run at has a wanted version loaded,
 * and policy says so, one node that has it on disk is the only candidate: the first in the model's
 * {@link Rendezvous} order, so that requests that enter anywhere wait for one load. Where it failed
 * them, it is the next. A node that has it loaded and refused is reason to come back, not to load
 * another; one that was tried and is suspected, left out or out of reach is lost. What a peer sent
 * here loads here, or is refused: the peer chose the node.
 *
 * <p>One instance per decision; one thread.
 */
public final class Candidates {
  /** How far the choice reaches; each includes those before it. */
  private enum Resort {
    WELL,
    LEFT_OUT,
    UNREACHED
  }

  private static final int TRIES = 8;
  private static final int MAX_LISTED = 64;
  private static final long FRESH_NANOS = 1_000_000_000L;

  private final Request request;
  private final ClusterView view;
  private final RouteRules rules;
  private final SortedMap<Long, List<NodeId>> wanted;
  private final SortedMap<Long, List<NodeId>> cold;
  private List<NodeId> nodes = List.of();
  private long version;
  private Resort resort = Resort.WELL;
  private double highestPrice = Double.POSITIVE_INFINITY;
  private double highestWeight = Double.POSITIVE_INFINITY;
  private long retryNanos;
  private boolean loads;
  private @Nullable List<NodeView> eligible;

  private Candidates(Request request, ClusterView view) {
    this.request = request;
    this.view = view;
    this.rules = view.rules(request);
    Holders holders = view.holders(request.model());
    this.wanted = holders.wanted(request.version());
    this.cold = holders.wantedCold(request.version());
  }

  /** Those for this request. */
  public static Candidates of(Request request, ClusterView view) {
    Candidates candidates = new Candidates(request, view);
    candidates.find();
    return candidates;
  }

  /**
   * For a request that a peer sent here and that has no room here: another holder that may have
   * some, the least busy of a few by what they said within the last second; empty where none is
   * known to.
   */
  public static Optional<NodeView> elsewhere(
      Request request, ClusterView view, RandomGenerator random) {
    SortedSet<NodeId> passed = new TreeSet<>(request.path().visited());
    passed.add(view.self());
    Request anew =
        request.withPath(new Request.Path(List.of(), Request.DEFAULT_HOP_LIMIT, null, passed));
    Candidates others = of(anew, view);
    return others.draw(TRIES, random).stream()
        .filter(
            node ->
                !others.loads && node.loadAgeNanos() <= FRESH_NANOS && node.load().pressure() < 1)
        .min(Comparator.comparingDouble(node -> node.load().pressure()));
  }

  private void find() {
    if (objectionHere() != null) {
      return;
    }
    if (!request.isEntering() && only(view.self(), wanted)) {
      return;
    }
    NodeId target = request.path().target();
    if (target != null) {
      loads = !only(target, wanted) && rules.loadOnDemand() && only(target, cold);
    } else if (!findWarm() && rules.loadOnDemand() && !isWarm()) {
      loads = request.isEntering() ? findCold() : only(view.self(), cold);
    }
  }

  private boolean findWarm() {
    for (Resort next : Resort.values()) {
      resort = next;
      for (Map.Entry<Long, List<NodeId>> holders : wanted.entrySet()) {
        for (NodeId id : holders.getValue()) {
          if (objection(id) == null) {
            version = holders.getKey();
            nodes = holders.getValue();
            if (rules.cheapest()) {
              highestPrice = lowest(Place::pricePerGb);
            }
            if (rules.leastEnergy()) {
              highestWeight = lowest(Place::energyWeight);
            }
            return true;
          }
        }
      }
      if (retryNanos > 0) {
        return false;
      }
    }
    return false;
  }

  /** Of those that may serve. Looks at each. */
  private double lowest(ToDoubleFunction<Place> of) {
    double lowest = Double.POSITIVE_INFINITY;
    for (NodeId id : nodes) {
      NodeView node = view.node(id).orElse(null);
      if (node != null && objection(node) == null) {
        lowest = Math.min(lowest, of.applyAsDouble(node.place()));
      }
    }
    return lowest;
  }

  /** Whether some node that the request may run at has it loaded and is not lost. */
  private boolean isWarm() {
    return present(wanted).stream()
        .anyMatch(node -> rules.objectionToRun(node.place()) == null && !isLost(node));
  }

  private boolean isLost(NodeView node) {
    boolean doubted =
        node.standing() != Standing.WELL || node.reachability() instanceof Reachability.None;
    return doubted && request.path().tried().contains(node.id());
  }

  private boolean findCold() {
    for (Resort next : Resort.values()) {
      resort = next;
      for (Map.Entry<Long, List<NodeId>> holders : cold.entrySet()) {
        long key = Rendezvous.key(request.model(), holders.getKey());
        Optional<NodeId> first =
            holders.getValue().stream()
                .filter(id -> objection(id) == null)
                .min(Comparator.comparingLong(id -> Rendezvous.rank(id, key)));
        if (first.isPresent()) {
          version = holders.getKey();
          nodes = List.of(first.get());
          return true;
        }
      }
    }
    return false;
  }

  /** Makes that node the only candidate, if it is one of these; says whether. */
  private boolean only(NodeId id, SortedMap<Long, List<NodeId>> among) {
    Resort before = resort;
    resort = Resort.LEFT_OUT;
    for (Map.Entry<Long, List<NodeId>> holders : among.entrySet()) {
      if (holders.getValue().contains(id) && objection(id) == null) {
        version = holders.getKey();
        nodes = List.of(id);
        return true;
      }
    }
    resort = before;
    return false;
  }

  /** The request that they are for. */
  public Request request() {
    return request;
  }

  /** The view that they were taken from. */
  public ClusterView view() {
    return view;
  }

  /** When the first that was left out as full may have room, in nanoseconds; 0 where none was. */
  long retryNanos() {
    return retryNanos;
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return nodes.isEmpty();
  }

  /** Their ids, ordered, with random access; some may turn out to be none. */
  public List<NodeId> ids() {
    return nodes;
  }

  /** How many nodes there are at most: some may turn out to be none. */
  public int bound() {
    return nodes.size();
  }

  /** All of them, ordered by id; costs time in proportion to {@link #bound}. */
  public List<NodeView> all() {
    List<NodeView> found = eligible;
    if (found == null) {
      found = new ArrayList<>(nodes.size());
      for (NodeId id : nodes) {
        NodeView node = view.node(id).orElse(null);
        if (node != null && objection(node) == null) {
          found.add(node);
        }
      }
      eligible = found;
    }
    return found;
  }

  /** One of them, each as likely as another; empty where there is none. */
  public Optional<NodeView> draw(RandomGenerator random) {
    for (int i = 0; i < TRIES && !nodes.isEmpty() && eligible == null; i++) {
      Optional<NodeView> drawn = of(nodes.get(random.nextInt(nodes.size())));
      if (drawn.isPresent()) {
        return drawn;
      }
    }
    List<NodeView> all = all();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
  }

  /** That many of them at random, each another, or all where there are no more. */
  public List<NodeView> draw(int count, RandomGenerator random) {
    if (nodes.size() <= count) {
      return all();
    }
    List<NodeView> drawn = new ArrayList<>(count);
    for (int i = 0; i < 2 * count && drawn.size() < count; i++) {
      draw(random).ifPresent(node -> addNew(drawn, node));
    }
    if (drawn.size() < count) {
      List<NodeView> all = all();
      int from = random.nextInt(Math.max(1, all.size()));
      for (int i = 0; i < all.size() && drawn.size() < count; i++) {
        addNew(drawn, all.get((from + i) % all.size()));
      }
    }
    return drawn;
  }

  private static void addNew(List<NodeView> drawn, NodeView node) {
    if (drawn.stream().noneMatch(there -> there.id().equals(node.id()))) {
      drawn.add(node);
    }
  }

  /** That node, if it is one of them. */
  public Optional<NodeView> of(NodeId id) {
    if (!nodes.contains(id)) {
      return Optional.empty();
    }
    return view.node(id).filter(node -> objection(node) == null);
  }

  /** This node, if it is one of them. */
  public Optional<NodeView> here() {
    return of(view.self());
  }

  /** The decision for that one of them. */
  public RouteDecision choose(NodeView node) {
    return choose(node, List.of());
  }

  /** The decision for that one of them, the others having been considered too. */
  public RouteDecision choose(NodeView node, List<Considered> others) {
    List<Considered> considered = new ArrayList<>(others.size() + 1);
    String verdict = loads ? "chosen; cold: it has to load it first" : "chosen";
    considered.add(new Considered(node.id(), node.estimate(request.bytes()), verdict));
    considered.addAll(others);
    return new RouteDecision(action(node), considered, List.of());
  }

  private Action action(NodeView node) {
    if (node.id().equals(view.self())) {
      return new Action.RunHere(version);
    }
    return node.reachability() instanceof Reachability.Via via
        ? new Action.Forward(via.relay(), node.id(), version)
        : new Action.Forward(node.id(), null, version);
  }

  /** The decision where there is none, with what stands against each holder. */
  public RouteDecision refuse() {
    List<Considered> considered = new ArrayList<>();
    List<NodeView> warm = present(wanted);
    List<NodeView> stored = present(cold);
    warm.forEach(node -> list(considered, node, objection(node)));
    stored.forEach(node -> list(considered, node, objectionToLoad(node)));
    List<NodeView> holders = new ArrayList<>(warm);
    if (rules.loadOnDemand()) {
      holders.addAll(stored);
    }
    return new RouteDecision(new Action.Refuse(reason(holders)), considered, List.of());
  }

  private List<NodeView> present(SortedMap<Long, List<NodeId>> holders) {
    return holders.values().stream()
        .flatMap(List::stream)
        .flatMap(id -> view.node(id).stream())
        .toList();
  }

  private void list(List<Considered> considered, NodeView node, @Nullable String objection) {
    if (considered.size() < MAX_LISTED) {
      String verdict = objection == null ? "" : objection;
      considered.add(new Considered(node.id(), node.estimate(request.bytes()), verdict));
    }
  }

  private Refusal reason(List<NodeView> holders) {
    if (holders.isEmpty()) {
      return Refusal.NO_HOLDER;
    }
    if (objectionHere() != null) {
      return Refusal.FORBIDDEN;
    }
    if (request.path().hopLimit() < 1) {
      return Refusal.HOP_LIMIT;
    }
    if (retryNanos > 0) {
      return Refusal.OVERLOADED;
    }
    return holders.stream().anyMatch(node -> rules.objectionToRun(node.place()) == null)
        ? Refusal.HOLDERS_EXHAUSTED
        : Refusal.FORBIDDEN;
  }

  /** What policy has against this node's seeing the request at all; null where it has nothing. */
  private @Nullable String objectionHere() {
    return view.node(view.self()).map(here -> rules.objectionToPass(here.place())).orElse(null);
  }

  private @Nullable String objection(NodeId id) {
    NodeView node = view.node(id).orElse(null);
    return node == null ? "gone" : objection(node);
  }

  /** Why that holder is no candidate; null where it is one. */
  public @Nullable String objection(NodeView node) {
    Request.Path path = request.path();
    if (path.tried().contains(node.id())) {
      return "tried";
    }
    if (node.id().equals(view.self())) {
      return objectionToRun(node);
    }
    if (path.visited().contains(node.id())) {
      return "visited";
    }
    if (node.reachability() instanceof Reachability.None && resort != Resort.UNREACHED) {
      return "unreachable";
    }
    if (path.hopLimit() < 1) {
      return "beyond the hop limit";
    }
    String forbidden = objectionToRun(node);
    if (forbidden != null) {
      return forbidden;
    }
    if (node.reachability() instanceof Reachability.Via via) {
      String relay = objectionToRelay(via.relay());
      if (relay != null) {
        return relay;
      }
    }
    if (resort == Resort.WELL && node.standing() != Standing.WELL) {
      return node.standing().text();
    }
    long retry = request.isEntering() ? view.retryNanos(node.id(), request) : 0;
    if (retry > 0) {
      retryNanos = retryNanos == 0 ? retry : Math.min(retryNanos, retry);
      return "full";
    }
    return null;
  }

  private @Nullable String objectionToRun(NodeView node) {
    String forbidden = rules.objectionToRun(node.place());
    if (forbidden != null) {
      return forbidden;
    }
    double price = node.place().pricePerGb();
    if (price > highestPrice) {
      return String.format(
          Locale.ROOT, "objective cost: %.2f per GB, others %.2f", price, highestPrice);
    }
    double weight = node.place().energyWeight();
    if (weight > highestWeight) {
      return weight == Place.NO_ENERGY_WEIGHT
          ? "objective energy: its site has no energyWeight"
          : String.format(
              Locale.ROOT, "objective energy: weight %.2f, others %.2f", weight, highestWeight);
    }
    return rules.objectionToLatency(node.place(), node.estimate(request.bytes()));
  }

  /** Why that cold holder is not the one to load the model; null where it is. */
  @Nullable String objectionToLoad(NodeView node) {
    if (!rules.loadOnDemand()) {
      return "cold: no Route lets it load on demand";
    }
    if (!loads && isWarm()) {
      return "cold: others have it loaded";
    }
    String objection = objection(node);
    if (objection != null) {
      return "cold: " + objection;
    }
    return loads && nodes.contains(node.id()) ? null : "cold: another is to load it";
  }

  private @Nullable String objectionToRelay(NodeId id) {
    Request.Path path = request.path();
    if (path.target() != null) {
      return "behind a second relay";
    }
    NodeView relay = view.node(id).orElse(null);
    if (relay == null
        || id.equals(view.self())
        || !(relay.reachability() instanceof Reachability.Direct)) {
      return "unreachable, as its relay is";
    }
    if (path.hopLimit() < 2) {
      return "beyond the hop limit, behind a relay";
    }
    if (path.visited().contains(id) || path.tried().contains(id)) {
      return "behind a relay that was tried";
    }
    String forbidden = rules.objectionToPass(relay.place());
    return forbidden == null ? null : "behind a relay: " + forbidden;
  }
}
