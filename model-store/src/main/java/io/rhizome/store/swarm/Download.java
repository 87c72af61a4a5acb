// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store.swarm;

import io.rhizome.gossip.NodeId;
import io.rhizome.store.ChunkIndex;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which chunk of one file is asked of which peer, and when.
 *
 * <pre>
 * chunk      on                                   becomes
 * missing    a free place at a usable peer        asked      (Ask)
 * asked      its chunk arrived                    here       (Complete with the last)
 * asked      other bytes arrived                  missing    peer out for good
 * asked      failure or stall                     missing    peer rests, out after maxFailures
 * asked      its peer left                        missing    (Cancel)
 * no peer left while chunks are missing           Failed
 * </pre>
 *
 * <p>An answer to an ask that is no longer open changes nothing. Each peer has a window of open
 * asks: it starts at {@value #FIRST_WINDOW}, grows by one with each chunk and is halved by a
 * failure or a stall, so that a slow link is not asked for more than it can bring in time. The peer
 * with the fewest open asks is asked next, ties drawn. Requests come first: while they wait at this
 * node one chunk is asked for at a time, while they wait at a peer one at a time of that peer.
 *
 * <p>Each method returns what to do, in order; after {@link Step.Complete} or {@link Step.Failed}
 * nothing more. One thread; {@link #onTick} is due at {@link #nextDeadlineNanos}.
 */
public final class Download {
  private static final int FIRST_WINDOW = 2;
  private static final int MAX_DOUBLINGS = 20;

  private final ChunkIndex index;
  private final BitSet here;
  private final BitSet asked = new BitSet();
  private final DownloadConfig config;
  private final RateCap cap;
  private final RandomGenerator random;
  private final SortedMap<NodeId, Source> sources = new TreeMap<>();
  private final SortedSet<NodeId> out = new TreeSet<>();
  private final SortedMap<Long, Open> open = new TreeMap<>();
  private String lastFailure = "nobody in view has it";
  private boolean requestsWait;
  private long nextNumber;
  private long wakeNanos;
  private boolean ended;

  private static final class Source {
    int window = FIRST_WINDOW;
    int asks;
    int failures;
    long restsUntil;
    boolean requestsWait;

    Source(long nowNanos) {
      restsUntil = nowNanos;
    }
  }

  private record Open(Step.Ask ask, long stallsAt) {}

  /**
   * A download that asks for nothing until its first {@link #onPeers}.
   *
   * @param here the chunks that are here already, by their place in the index; copied
   * @param cap may be shared with other downloads of the same thread
   */
  public Download(
      ChunkIndex index,
      BitSet here,
      DownloadConfig config,
      RateCap cap,
      RandomGenerator random,
      long nowNanos) {
    this.index = index;
    this.here = (BitSet) here.clone();
    this.config = config;
    this.cap = cap;
    this.random = random;
    this.wakeNanos = nowNanos;
  }

  /** When {@link #onTick} is due at the latest. */
  public long nextDeadlineNanos() {
    return wakeNanos;
  }

  /** How many peers have been asked and not answered yet. */
  public int peersAsked() {
    return (int) sources.values().stream().filter(source -> source.asks > 0).count();
  }

  /** Whether requests wait at this node, from now on. */
  public void requestsWait(boolean wait) {
    requestsWait = wait;
  }

  /** These are the peers that have the file now; who was put out before stays out. */
  public List<Step> onPeers(long nowNanos, Collection<NodeId> peers) {
    List<Step> steps = new ArrayList<>();
    for (NodeId peer : List.copyOf(sources.keySet())) {
      if (!peers.contains(peer)) {
        lastFailure = peer.shortName() + " left";
        drop(peer, steps);
      }
    }
    for (NodeId peer : peers) {
      if (!out.contains(peer)) {
        sources.computeIfAbsent(peer, p -> new Source(nowNanos));
      }
    }
    step(nowNanos, steps);
    return steps;
  }

  /**
   * The right chunk arrived.
   *
   * @param requestsWait whether the peer said that requests wait there
   */
  public List<Step> onChunk(long nowNanos, Step.Ask ask, boolean requestsWait) {
    if (!close(ask)) {
      return List.of();
    }
    here.set(ask.chunk());
    Source source = sources.get(ask.peer());
    if (source != null) {
      source.failures = 0;
      source.window = Math.min(config.maxPerPeer(), source.window + 1);
      source.requestsWait = requestsWait;
    }
    return onTick(nowNanos);
  }

  /** Other bytes than the chunk's arrived. */
  public List<Step> onWrongBytes(long nowNanos, Step.Ask ask) {
    if (!close(ask)) {
      return List.of();
    }
    List<Step> steps = new ArrayList<>();
    lastFailure = ask.peer().shortName() + " sent wrong bytes";
    out.add(ask.peer());
    drop(ask.peer(), steps);
    step(nowNanos, steps);
    return steps;
  }

  /** A peer could not give a chunk. */
  public List<Step> onFailure(long nowNanos, Step.Ask ask, String why) {
    if (!close(ask)) {
      return List.of();
    }
    penalise(nowNanos, ask.peer(), why);
    return onTick(nowNanos);
  }

  /** Time has passed. */
  public List<Step> onTick(long nowNanos) {
    List<Step> steps = new ArrayList<>();
    step(nowNanos, steps);
    return steps;
  }

  private void step(long nowNanos, List<Step> steps) {
    if (ended) {
      return;
    }
    stall(nowNanos, steps);
    if (here.cardinality() == index.chunks().size()) {
      end(new Step.Complete(), steps);
    } else if (sources.isEmpty()) {
      end(new Step.Failed(lastFailure), steps);
    } else {
      issue(nowNanos, steps);
      wakeNanos = deadline(nowNanos);
    }
  }

  private void end(Step last, List<Step> steps) {
    open.values().forEach(left -> steps.add(new Step.Cancel(left.ask())));
    open.clear();
    steps.add(last);
    ended = true;
    wakeNanos = Long.MAX_VALUE;
  }

  private void issue(long nowNanos, List<Step> steps) {
    int places = requestsWait ? 1 : config.maxInFlight();
    while (open.size() < places && cap.waitNanos(nowNanos) == 0) {
      int chunk = nextMissing();
      NodeId peer = chunk < 0 ? null : freest(nowNanos);
      Source source = peer == null ? null : sources.get(peer);
      if (peer == null || source == null) {
        return;
      }
      Step.Ask ask = new Step.Ask(nextNumber++, peer, chunk);
      open.put(ask.number(), new Open(ask, nowNanos + config.stallNanos()));
      asked.set(chunk);
      source.asks++;
      cap.spend(index.chunks().get(chunk).length());
      steps.add(ask);
    }
  }

  private int nextMissing() {
    for (int chunk = here.nextClearBit(0);
        chunk < index.chunks().size();
        chunk = here.nextClearBit(chunk + 1)) {
      if (!asked.get(chunk)) {
        return chunk;
      }
    }
    return -1;
  }

  private @Nullable NodeId freest(long nowNanos) {
    List<NodeId> best = new ArrayList<>();
    int fewest = Integer.MAX_VALUE;
    for (var entry : sources.entrySet()) {
      Source source = entry.getValue();
      int window = source.requestsWait ? 1 : source.window;
      if (nowNanos < source.restsUntil || source.asks >= window || source.asks > fewest) {
        continue;
      }
      if (source.asks < fewest) {
        best.clear();
        fewest = source.asks;
      }
      best.add(entry.getKey());
    }
    return best.isEmpty() ? null : best.get(random.nextInt(best.size()));
  }

  private void stall(long nowNanos, List<Step> steps) {
    for (Open late : List.copyOf(open.values())) {
      if (nowNanos >= late.stallsAt() && close(late.ask())) {
        steps.add(new Step.Cancel(late.ask()));
        penalise(nowNanos, late.ask().peer(), "stalled");
      }
    }
  }

  private void penalise(long nowNanos, NodeId peer, String why) {
    lastFailure = peer.shortName() + ": " + why;
    Source source = sources.get(peer);
    // What was asked before it began to rest may still fail: one trouble counts once.
    if (source == null || nowNanos < source.restsUntil) {
      return;
    }
    source.failures++;
    source.window = Math.max(1, source.window / 2);
    source.restsUntil =
        nowNanos + (config.restNanos() << Math.min(MAX_DOUBLINGS, source.failures - 1));
    if (source.failures >= config.maxFailures()) {
      // What else was asked of it may still arrive and count, while another peer is left.
      out.add(peer);
      sources.remove(peer);
    }
  }

  private void drop(NodeId peer, List<Step> steps) {
    sources.remove(peer);
    for (Open left : List.copyOf(open.values())) {
      if (left.ask().peer().equals(peer) && close(left.ask())) {
        steps.add(new Step.Cancel(left.ask()));
      }
    }
  }

  /** Ends an ask; false where it had ended before. */
  private boolean close(Step.Ask ask) {
    if (open.remove(ask.number()) == null) {
      return false;
    }
    asked.clear(ask.chunk());
    Source source = sources.get(ask.peer());
    if (source != null) {
      source.asks--;
    }
    return true;
  }

  private long deadline(long nowNanos) {
    long deadline = nowNanos + config.stallNanos();
    for (Open each : open.values()) {
      deadline = Math.min(deadline, each.stallsAt());
    }
    for (Source source : sources.values()) {
      if (source.restsUntil > nowNanos) {
        deadline = Math.min(deadline, source.restsUntil);
      }
    }
    long wait = cap.waitNanos(nowNanos);
    return wait > 0 ? Math.min(deadline, nowNanos + wait) : deadline;
  }
}
