// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Residency;
import io.rhizome.node.executor.Executor;
import io.rhizome.node.models.ReadyModels;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes the {@link ClusterView} that routers see out of membership, residency, what requests have
 * taught about peers, and this node's own executor.
 *
 * <p>A view is made at most once in {@value #MAX_AGE_NANOS} ns and shared by all requests until
 * then. Any thread.
 */
public final class View {
  private static final long MAX_AGE_NANOS = 2_000_000;

  private final Supplier<MembershipView> membership;
  private final ReadyModels models;
  private final Executor executor;
  private final Consumer<NodeId> doubt;
  private final ConcurrentMap<NodeId, PeerStats> peers = new ConcurrentHashMap<>();
  private volatile Snapshot latest;

  private record Snapshot(ClusterView view, long madeAtNanos) {}

  /**
   * A view over these sources, first made at {@code nowNanos}.
   *
   * @param doubt hears of peers whose connection broke; any thread
   */
  public View(
      Supplier<MembershipView> membership,
      ReadyModels models,
      Executor executor,
      Consumer<NodeId> doubt,
      long nowNanos) {
    this.membership = membership;
    this.models = models;
    this.executor = executor;
    this.doubt = doubt;
    this.latest = make(nowNanos);
  }

  /** The mesh as of now. */
  public ClusterView current(long nowNanos) {
    Snapshot snapshot = latest;
    if (nowNanos - snapshot.madeAtNanos() > MAX_AGE_NANOS) {
      snapshot = make(nowNanos);
      latest = snapshot;
    }
    return snapshot.view();
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

  void onReport(NodeId peer, long nowNanos, long sentNanos, HopReport report) {
    statsOf(peer).onReport(nowNanos, sentNanos, report);
  }

  void onBroken(NodeId peer, long nowNanos) {
    statsOf(peer).onBroken(nowNanos);
    doubt.accept(peer);
  }

  private PeerStats statsOf(NodeId peer) {
    return peers.computeIfAbsent(peer, id -> new PeerStats());
  }

  private Snapshot make(long nowNanos) {
    MembershipView members = membership.get();
    peers.keySet().retainAll(members.members().keySet());
    SortedMap<NodeId, NodeView> nodes = new TreeMap<>();
    for (Member member : members.members().values()) {
      if (member.status().usable() && !member.id().equals(members.self())) {
        nodes.put(member.id(), peer(member, nowNanos));
      }
    }
    nodes.put(members.self(), self(members.self()));
    return new Snapshot(new ClusterView(members.self(), nodes), nowNanos);
  }

  private NodeView self(NodeId id) {
    Executor.Busy busy = executor.busy();
    Load load = new Load(busy.inFlight(), busy.limit(), busy.queueNanos(), busy.serviceNanos());
    return new NodeView(id, true, 0, load, ready(models.resident()));
  }

  /** A suspect may be the last holder, so it stays in view, behind everyone else. */
  private static Load behindOthers(Member member, Load load) {
    return member.status() == Member.Status.SUSPECT
        ? new Load(load.inFlight(), load.limit(), PeerStats.BROKEN_AGE_NANOS, load.serviceNanos())
        : load;
  }

  private NodeView peer(Member member, long nowNanos) {
    SortedMap<String, NavigableSet<Long>> ready = ready(member.state().models());
    PeerStats stats = peers.get(member.id());
    if (stats == null) {
      Load unknown = behindOthers(member, Load.UNKNOWN);
      return new NodeView(member.id(), true, member.rttNanos(), unknown, ready);
    }
    long measured = stats.rttNanos(nowNanos);
    long rtt = measured >= 0 ? measured : member.rttNanos();
    Load load = behindOthers(member, stats.load(nowNanos));
    return new NodeView(member.id(), true, rtt, load, ready);
  }

  private static SortedMap<String, NavigableSet<Long>> ready(List<Residency> models) {
    SortedMap<String, NavigableSet<Long>> ready = new TreeMap<>();
    for (Residency held : models) {
      if (held.state() == Residency.State.READY) {
        ready.computeIfAbsent(held.model(), name -> new TreeSet<>()).add(held.version());
      }
    }
    return ready;
  }
}
