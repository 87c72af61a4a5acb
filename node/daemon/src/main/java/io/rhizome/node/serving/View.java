// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Residency;
import io.rhizome.node.models.ReadyModels;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Holders;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Peers;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Makes the {@link ClusterView}s that routers see out of membership, residency, what requests have
 * taught about peers, and this node's own load.
 *
 * <p>Who holds what is looked up at most once in {@value #MAX_AGE_NANOS} ns, and only for models
 * that are asked for; a node's load is looked at when it is a candidate. Any thread.
 */
public final class View {
  private static final long MAX_AGE_NANOS = 2_000_000;

  private final Supplier<MembershipView> membership;
  private final ReadyModels models;
  private final LongFunction<Load> ownLoad;
  private final Routing routing;
  private final Peers peers;
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
      Peers peers,
      long nowNanos) {
    this.membership = membership;
    this.models = models;
    this.ownLoad = ownLoad;
    this.routing = routing;
    this.peers = peers;
    MembershipView members = membership.get();
    peers.retain(members.members().keySet());
    this.latest = new Index(members, models.resident(), nowNanos);
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
      peers.retain(members.members().keySet());
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

  /** Whether that is a peer in view. */
  boolean isMember(NodeId id) {
    MembershipView members = membership.get();
    return !id.equals(members.self()) && members.members().containsKey(id);
  }

  /** The name that people gave a node, else the start of its id. */
  public String nameOf(NodeId id) {
    return membership
        .get()
        .member(id)
        .map(member -> member.state().labels().get("name"))
        .orElseGet(id::shortName);
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
        Place place = member == null ? Place.UNKNOWN : routing.place(member, member);
        return Optional.of(NodeView.here(id, ownLoad.apply(nowNanos), place));
      }
      return member == null || !member.status().usable()
          ? Optional.empty()
          : Optional.of(peer(member));
    }

    private NodeView peer(Member member) {
      boolean suspect = member.status() == Member.Status.SUSPECT;
      return peers.learnt(
          nowNanos,
          NodeView.unheard(
              member.id(), suspect, member.reachability(), member.rttNanos(), place(member)));
    }

    @Override
    public long retryNanos(NodeId holder, Request request) {
      return peers.retryNanos(nowNanos, holder, request);
    }

    private Place place(Member member) {
      return routing.place(member, index.members.members().getOrDefault(self(), member));
    }

    @Override
    public RouteRules rules(Request request) {
      return routing.rules(request);
    }
  }
}
