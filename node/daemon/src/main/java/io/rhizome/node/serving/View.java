// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.gossip.Residency;
import io.rhizome.node.models.ReadyModels;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Holders;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.NodeView.Standing;
import io.rhizome.scheduler.PeerStats;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import io.rhizome.scheduler.resilience.OutlierDetector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the {@link ClusterView}s that routers see out of membership, residency, what requests have
 * taught about peers, and this node's own load.
 *
 * <p>Who holds what is looked up at most once in {@value #MAX_AGE_NANOS} ns, and only for models
 * that are asked for; a node's load is looked at when it is a candidate. Any thread.
 */
public final class View {
  private static final long MAX_AGE_NANOS = 2_000_000;
  private static final long HEARD_NANOS = 1_000_000_000L;

  private final Supplier<MembershipView> membership;
  private final ReadyModels models;
  private final LongFunction<Load> ownLoad;
  private final Routing routing;
  private final OutlierDetector outliers;
  private final ConcurrentMap<NodeId, PeerStats> peers = new ConcurrentHashMap<>();
  private volatile Index latest;

  /**
   * A view over these sources, first made at {@code nowNanos}.
   *
   * @param ownLoad how busy this node is at that moment
   * @param routing what policy says of requests and places
   */
  public View(
      Supplier<MembershipView> membership,
      ReadyModels models,
      LongFunction<Load> ownLoad,
      Routing routing,
      OutlierDetector outliers,
      long nowNanos) {
    this.membership = membership;
    this.models = models;
    this.ownLoad = ownLoad;
    this.routing = routing;
    this.outliers = outliers;
    this.latest = new Index(membership.get(), models.resident(), nowNanos);
  }

  /** The mesh as of now. */
  public ClusterView current(long nowNanos) {
    Index index = latest;
    if (nowNanos - index.checkedNanos > MAX_AGE_NANOS) {
      index = renewed(index, nowNanos);
      latest = index;
    }
    return new Moment(index, nowNanos);
  }

  private Index renewed(Index index, long nowNanos) {
    MembershipView members = membership.get();
    List<Residency> own = models.resident();
    boolean sameMembers = members.version() == index.members.version();
    if (sameMembers && own.equals(index.own)) {
      index.checkedNanos = nowNanos;
      return index;
    }
    if (!sameMembers) {
      for (NodeId peer : peers.keySet()) {
        if (!members.members().containsKey(peer)) {
          peers.remove(peer);
          outliers.forget(peer);
        }
      }
    }
    return new Index(members, own, nowNanos);
  }

  /** Whether any member, usable or not, was ever seen to hold that model; version 0 for any. */
  boolean isKnown(String model, long version) {
    for (Member member : membership.get().members().values()) {
      for (Residency held : member.state().models()) {
        if (held.model().equals(model) && (version == 0 || held.version() == version)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The name that people gave a node, else the start of its id. */
  public String nameOf(NodeId id) {
    return membership
        .get()
        .member(id)
        .map(member -> member.state().labels().get("name"))
        .orElseGet(id::shortName);
  }

  /** How many peers there are. */
  int peers() {
    return Math.max(0, latest.members.members().size() - 1);
  }

  PeerStats statsOf(NodeId peer) {
    return peers.computeIfAbsent(peer, id -> new PeerStats());
  }

  /** Who holds what: one for each membership and residency. */
  private static final class Index {
    final MembershipView members;
    final List<Residency> own;
    final Map<String, Holders> holders = new ConcurrentHashMap<>();
    volatile long checkedNanos;

    Index(MembershipView members, List<Residency> own, long nowNanos) {
      this.members = members;
      this.own = List.copyOf(own);
      this.checkedNanos = nowNanos;
    }

    Holders holders(String model) {
      Holders known = holders.get(model);
      return known != null ? known : find(model);
    }

    /** A model that nobody holds is not kept: clients can make up as many names as they like. */
    private Holders find(String model) {
      HoldersBuilder found = new HoldersBuilder(model);
      for (Member member : members.members().values()) {
        if (member.id().equals(members.self())) {
          found.add(member.id(), own);
        } else if (member.status().usable()) {
          found.add(member.id(), member.state().models());
        }
      }
      if (found.isEmpty()) {
        return Holders.NONE;
      }
      Holders all = found.build();
      holders.put(model, all);
      return all;
    }
  }

  /** The view at one moment. */
  private final class Moment implements ClusterView {
    private final Index index;
    private final long nowNanos;

    Moment(Index index, long nowNanos) {
      this.index = index;
      this.nowNanos = nowNanos;
    }

    @Override
    public NodeId self() {
      return index.members.self();
    }

    @Override
    public long nowNanos() {
      return nowNanos;
    }

    @Override
    public Holders holders(String model) {
      return index.holders(model);
    }

    @Override
    public Optional<NodeView> node(NodeId id) {
      Member member = index.members.members().get(id);
      if (id.equals(self())) {
        return Optional.of(here(id, member == null ? Place.UNKNOWN : routing.place(member)));
      }
      return member == null || !member.status().usable()
          ? Optional.empty()
          : Optional.of(peer(member));
    }

    private NodeView here(NodeId id, Place place) {
      Load load = ownLoad.apply(nowNanos);
      return new NodeView(id, Standing.WELL, Reachability.DIRECT, 0, load, 0, 0, place);
    }

    private NodeView peer(Member member) {
      PeerStats stats = peers.get(member.id());
      Reachability reachability = reachability(member, stats);
      Standing standing = Standing.WELL;
      if (outliers.isEjected(member.id())) {
        standing = Standing.EJECTED;
      } else if (member.status() == Member.Status.SUSPECT
          && !(reachability instanceof Reachability.Direct)) {
        // Others' word, or one not yet taken back, counts for less than that it answers this node.
        standing = Standing.SUSPECT;
      }
      Place place = routing.place(member);
      if (stats == null) {
        return new NodeView(
            member.id(),
            standing,
            reachability,
            member.rttNanos(),
            Load.UNKNOWN,
            Long.MAX_VALUE,
            0,
            place);
      }
      long measured = stats.rttNanos(nowNanos);
      return new NodeView(
          member.id(),
          standing,
          reachability,
          measured >= 0 ? measured : member.rttNanos(),
          stats.load(nowNanos),
          stats.loadAgeNanos(nowNanos),
          stats.outstanding(),
          place);
    }

    /** A peer that said just now how busy it is can be reached, whatever probes make of it. */
    private Reachability reachability(Member member, @Nullable PeerStats stats) {
      return stats != null && stats.loadAgeNanos(nowNanos) <= HEARD_NANOS
          ? Reachability.DIRECT
          : member.reachability();
    }

    @Override
    public RouteRules rules(Request request) {
      return routing.rules(request);
    }
  }
}
