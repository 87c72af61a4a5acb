// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Whom to probe and when: every member once per round, in an order shuffled anew each round, so
 * that the time until a failure is first noticed is bounded (SWIM, 4.3); beside that, one of those
 * that do not answer, so that it is soon known when one does again; and whom others accuse. Each
 * goes its own way as a {@link Probe}, under a random nonce that only its receiver learns.
 *
 * <p>A time-out follows the round trips seen: three of them, in bounds; a probe lasts one interval,
 * or six time-outs. All are stretched by {@link LocalHealth}, which learns from what comes of each.
 */
final class Probes {
  /** Most probes under way. */
  private static final int MAX_UNDER_WAY = 64;

  /** Answers may come so many probes late and still tell of the link. */
  private static final int MAX_ENDED = 128;

  private static final int ROUND_TRIPS = 3;

  private final GossipConfig config;
  private final Random random;
  private final MemberTable table;
  private final LocalHealth health;
  private final List<NodeId> order = new ArrayList<>();
  private final Map<Long, Probe> underWay = new LinkedHashMap<>();
  private final Map<Long, Probe> ended = new LinkedHashMap<>();
  private long nextRoundNanos;
  private long lastWordNanos;
  private long typicalNanos = -1;
  private int unheard;

  /** Does what a probe asks for. */
  interface Steps {
    void ask(Probe probe);

    /** Asks others; tells the probe whom. */
    void askOthers(Probe probe);

    void silent(Probe probe);

    void relayed(Probe probe);

    /**
     * All its time is over.
     *
     * @param heard whether this node had a word of anybody while the probe lasted
     */
    void failed(Probe probe, boolean heard);
  }

  Probes(GossipConfig config, Random random, MemberTable table, LocalHealth health, long nowNanos) {
    this.config = config;
    this.random = random;
    this.table = table;
    this.health = health;
    this.lastWordNanos = nowNanos;
    this.nextRoundNanos = nowNanos + random.nextLong(config.probeIntervalNanos());
  }

  /** Does what is due. */
  void onTick(long now, Steps steps) {
    if (now - nextRoundNanos >= 0) {
      nextRoundNanos = now + health.stretched(config.probeIntervalNanos());
      Peer next = choose();
      if (next != null) {
        start(now, next);
      }
      Peer unreached = table.inUse().nextUnreached();
      if (unreached != null) {
        start(now, unreached);
      }
    }
    for (Probe probe : new ArrayList<>(underWay.values())) {
      advance(now, probe, steps);
    }
  }

  private void advance(long now, Probe probe, Steps steps) {
    if (!probe.peer.status.usable()) {
      underWay.remove(probe.nonce);
      return;
    }
    for (Probe.Step step = probe.next(now); step != null; step = probe.next(now)) {
      switch (step) {
        case ASK -> steps.ask(probe);
        case ASK_OTHERS -> steps.askOthers(probe);
        case SILENT -> steps.silent(probe);
        case RELAYED -> {
          end(probe);
          steps.relayed(probe);
          return;
        }
        case FAILED -> {
          health.worse(probe.missing());
          boolean heard = lastWordNanos - probe.startedNanos >= 0;
          unheard = heard ? 0 : unheard + 1;
          end(probe);
          steps.failed(probe, heard);
          return;
        }
      }
    }
  }

  /** Probes that member now, unless it is being probed or too many are. */
  void start(long now, Peer peer) {
    if (underWay.size() >= MAX_UNDER_WAY
        || underWay.values().stream().anyMatch(probe -> probe.peer == peer)) {
      return;
    }
    long timeout = health.stretched(timeoutNanos(peer.rttNanos));
    long length = health.stretched(config.probeIntervalNanos());
    Probe probe = new Probe(peer, random.nextLong(), now, timeout, length);
    underWay.put(probe.nonce, probe);
  }

  private long timeoutNanos(long rttNanos) {
    long usual = config.probeTimeoutNanos();
    long rtt = rttNanos < 0 ? typicalNanos : rttNanos;
    return rtt < 0 ? usual : Math.max(usual / 4, Math.min(usual * 4, ROUND_TRIPS * rtt));
  }

  /** A round trip to any member: what is expected of one that was not measured yet. */
  void onRoundTrip(long nanos) {
    typicalNanos = typicalNanos < 0 ? nanos : typicalNanos + (nanos - typicalNanos) / 8;
  }

  /** The probe of that nonce, under way or ended a while ago, if there is one. */
  @Nullable Probe find(long pingNonce) {
    Probe probe = underWay.get(Probe.of(pingNonce));
    return probe != null ? probe : ended.get(Probe.of(pingNonce));
  }

  /** A helper that was asked says that it has no answer either. */
  void onNack(long now, NodeId from, long nonce) {
    Probe probe = underWay.get(Probe.of(nonce));
    if (probe != null && probe.onNack(from)) {
      health.better();
      lastWordNanos = now;
    }
  }

  /** A helper of that probe had an answer. */
  void onRelayed(long now, Probe probe, NodeId helper) {
    heard(now);
    probe.onRelayed(helper);
  }

  /** The probed member answered. */
  void onAnswered(long now, Probe probe) {
    heard(now);
    if (underWay.containsKey(probe.nonce)) {
      health.better();
      end(probe);
    }
  }

  private void heard(long now) {
    lastWordNanos = now;
    unheard = 0;
  }

  /** Whether nobody at all answers this node of late: then it is itself what is cut off. */
  boolean isUnheard(long now) {
    return unheard >= 2 && now - lastWordNanos >= 3 * config.probeIntervalNanos();
  }

  long nextDeadlineNanos() {
    long next = nextRoundNanos;
    for (Probe probe : underWay.values()) {
      next = Math.min(next, probe.nextNanos());
    }
    return next;
  }

  private void end(Probe probe) {
    underWay.remove(probe.nonce);
    ended.put(probe.nonce, probe);
    if (ended.size() > MAX_ENDED) {
      ended.remove(ended.keySet().iterator().next());
    }
  }

  private @Nullable Peer choose() {
    if (order.isEmpty()) {
      table.inUse().forEach(peer -> order.add(peer.id));
      Collections.shuffle(order, random);
    }
    while (!order.isEmpty()) {
      Peer peer = table.get(order.remove(order.size() - 1));
      if (peer != null && peer.status.usable()) {
        return peer;
      }
    }
    return null;
  }
}
