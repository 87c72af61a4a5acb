// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.NodeView.Standing;
import io.rhizome.scheduler.resilience.OutlierDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What requests teach a node of its peers: how busy each is, how far away, whether it is well; and
 * the routers that learn from it too. The driver tells what happens and asks whom it is told to.
 *
 * <p>Any thread: locks are held for a look-up.
 */
public final class Peers {
  /** A peer that said this lately how busy it is can be reached, whatever probes make of it. */
  private static final long HEARD_NANOS = 1_000_000_000L;

  private final ConcurrentMap<NodeId, PeerStats> stats = new ConcurrentSkipListMap<>();
  private final OutlierDetector outliers = new OutlierDetector();
  private final Supplier<List<Router>> routers;
  private volatile int count;

  /** When the last refusal of any peer ends: until then they are worth a look. */
  private final AtomicLong refusedUntilNanos = new AtomicLong();

  /**
   * Nobody yet.
   *
   * @param routers all that choose for any request, as of now
   */
  public Peers(Supplier<List<Router>> routers) {
    this.routers = routers;
  }

  /** These are all members now, this node included; what is known of others is forgotten. */
  public void retain(Set<NodeId> members) {
    count = Math.max(0, members.size() - 1);
    for (NodeId peer : stats.keySet()) {
      if (!members.contains(peer)) {
        stats.remove(peer);
        outliers.forget(peer);
      }
    }
  }

  private PeerStats of(NodeId peer) {
    return stats.computeIfAbsent(peer, id -> new PeerStats());
  }

  /** A request goes there. */
  public void onSent(NodeId peer) {
    of(peer).onSent();
  }

  /** One that went there ended, or nobody waits for it any more: before its report is told. */
  public void onEnded(NodeId peer) {
    of(peer).onEnded();
  }

  /**
   * It spoke at the end of a request, if only to reject it.
   *
   * @param model which model that was for; empty where the peer only passed it on, as then its load
   *     says nothing of who holds it
   * @param networkNanos from sending to the end, without the time that the peer had it
   * @param bytes size of the request
   */
  public void onReport(
      long nowNanos, NodeId peer, String model, long networkNanos, long bytes, Load load) {
    of(peer).onNetwork(nowNanos, networkNanos, bytes);
    heard(nowNanos, peer, model, load);
    outliers.onAnswer(peer);
  }

  /**
   * It refused that request for want of room, after its report of that.
   *
   * @param retryNanos when it said that there may be some; 0 for no idea
   */
  public void onRefusal(long nowNanos, NodeId peer, Request request, long retryNanos, Load load) {
    long until = of(peer).refusals.add(nowNanos, request, retryNanos, load);
    var unused = refusedUntilNanos.accumulateAndGet(until, (a, b) -> a - b > 0 ? a : b);
  }

  /** See {@link ClusterView#retryNanos}. */
  public long retryNanos(long nowNanos, NodeId peer, Request request) {
    if (refusedUntilNanos.get() - nowNanos <= 0) {
      return 0;
    }
    PeerStats known = stats.get(peer);
    return known == null ? 0 : known.refusals.retryNanos(nowNanos, request);
  }

  /** It was asked then how busy it is, and said so; {@code model} empty for none in particular. */
  public void onLoad(long nowNanos, long askedAtNanos, NodeId peer, String model, Load load) {
    of(peer).onAsked(nowNanos, nowNanos - askedAtNanos);
    heard(nowNanos, peer, model, load);
    outliers.onLoad(peer);
  }

  /**
   * Another told that it said so then, when that one had no room itself: a hint, which an own word
   * of it from after that outweighs, and which says nothing of whether it is reached.
   */
  public void onHearsay(long saidAtNanos, NodeId peer, String model, Load load) {
    if (of(peer).onHearsay(saidAtNanos, load)) {
      tellRouters(saidAtNanos, peer, model, load);
    }
  }

  /** Its router said that beside its load: those here of that name hear it, and no others. */
  public void onWord(long nowNanos, NodeId peer, String model, RouterWord word) {
    if (word.isSound()) {
      for (Router router : routers.get()) {
        if (router.name().equals(word.router())) {
          router.onWord(nowNanos, model, peer, word.bytes());
        }
      }
    }
  }

  private void heard(long nowNanos, NodeId peer, String model, Load load) {
    of(peer).onLoad(nowNanos, load);
    if (!model.isEmpty()) {
      tellRouters(nowNanos, peer, model, load);
    }
  }

  private void tellRouters(long saidAtNanos, NodeId peer, String model, Load load) {
    routers.get().forEach(router -> router.onLoad(saidAtNanos, model, peer, load));
  }

  /**
   * An attempt there broke or was given up for want of an answer, or a question was not answered.
   *
   * @param connection whether the connection itself broke or could not be made
   * @return whether it is left out from now on
   */
  public boolean onFailure(long nowNanos, NodeId peer, boolean connection) {
    return stats.containsKey(peer) && outliers.onFailure(nowNanos, peer, connection, count);
  }

  /** Those of them that were not asked for their load just now: they are to be asked. */
  public List<NodeId> toAsk(long nowNanos, List<NodeId> wanted) {
    List<NodeId> ask = new ArrayList<>(wanted.size());
    for (NodeId peer : wanted) {
      if (of(peer).tryAsk(nowNanos)) {
        ask.add(peer);
      }
    }
    return ask;
  }

  /** To be called a few times a second; whom to ask, as they are left out. */
  public List<NodeId> onTick(long nowNanos) {
    routers.get().forEach(router -> router.onTick(nowNanos));
    return toAsk(nowNanos, outliers.dueForAsking(nowNanos));
  }

  /** That peer as membership tells of it, with what requests have taught. */
  public NodeView learnt(long nowNanos, NodeView told) {
    PeerStats known = stats.get(told.id());
    if (known == null) {
      return told;
    }
    long age = known.loadAgeNanos(nowNanos);
    Reachability reachability =
        known.hasSpoken(nowNanos, HEARD_NANOS) ? Reachability.DIRECT : told.reachability();
    // Others' word, or one not yet taken back, counts for less than that it answers this node.
    Standing standing =
        reachability instanceof Reachability.Direct ? Standing.WELL : told.standing();
    long measured = known.rttNanos(nowNanos);
    return new NodeView(
        told.id(),
        outliers.isEjected(told.id()) ? Standing.EJECTED : standing,
        reachability,
        measured >= 0 ? measured : told.rttNanos(),
        known.transferNanosPerKib(nowNanos),
        known.load(nowNanos),
        age,
        known.outstanding(),
        told.place());
  }

  /** How often a peer was left out since the start. */
  public long ejections() {
    return outliers.ejections();
  }
}
