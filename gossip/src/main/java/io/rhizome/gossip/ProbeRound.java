// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whom to probe and when: every member once per round, in an order shuffled anew each round, so
 * that the time until a failure is first noticed is bounded (SWIM, 4.3). One probe is under way at
 * a time, under a sequence number of 1 or more:
 *
 * <pre>
 * from      on                                   to
 * IDLE      the next interval begins             DIRECT, or IDLE where there is nobody to probe
 * DIRECT    ack                                  IDLE
 * DIRECT    probeTimeoutMillis passed            INDIRECT
 * INDIRECT  ack, from the target or a helper     IDLE
 * INDIRECT  nack, from a helper                  INDIRECT, the helper owes nothing more
 * INDIRECT  the interval is over                 IDLE, the target failed
 * </pre>
 *
 * <p>Both times are stretched by {@link LocalHealth}, which learns from what comes of a probe.
 */
final class ProbeRound {
  private final GossipConfig config;
  private final Random random;
  private final Supplier<List<NodeId>> candidates;
  private final Predicate<NodeId> usable;
  private final LocalHealth health;
  private final List<NodeId> order = new ArrayList<>();
  private final Set<NodeId> owing = new TreeSet<>();
  private boolean helped;
  private Phase phase = Phase.IDLE;
  private @Nullable NodeId target;
  private int sequence;
  private long sentNanos;
  private long timeoutNanos;
  private long nextIntervalNanos;

  private enum Phase {
    IDLE,
    DIRECT,
    INDIRECT
  }

  /** What to do next. */
  sealed interface Step {
    /** Send a ping. */
    record Ask(NodeId target, int sequence) implements Step {}

    /** Ask others to ping. */
    record AskOthers(NodeId target, int sequence) implements Step {}

    /** Nobody got an answer. */
    record Failed(NodeId target) implements Step {}
  }

  /**
   * @param candidates all who may be probed, in a stable order
   * @param usable whether one of them still may
   * @param health stretches the times, and is told what came of each probe
   */
  ProbeRound(
      GossipConfig config,
      Random random,
      Supplier<List<NodeId>> candidates,
      Predicate<NodeId> usable,
      LocalHealth health,
      long nowNanos) {
    this.config = config;
    this.random = random;
    this.candidates = candidates;
    this.usable = usable;
    this.health = health;
    this.sequence = random.nextInt(Integer.MAX_VALUE);
    this.nextIntervalNanos = nowNanos + random.nextLong(config.probeIntervalNanos());
  }

  /** The next thing to do now; null where there is nothing left. Call until it returns null. */
  @Nullable Step next(long now) {
    NodeId probed = target;
    if (probed != null && phase == Phase.DIRECT && now - timeoutNanos >= 0) {
      phase = Phase.INDIRECT;
      // After a pause of this node's own, the helpers still get all of their time.
      long helpersNanos =
          health.stretched(config.probeIntervalNanos() - config.probeTimeoutNanos());
      nextIntervalNanos = Math.max(nextIntervalNanos, now + helpersNanos);
      return new Step.AskOthers(probed, sequence);
    }
    if (probed != null && now - nextIntervalNanos >= 0) {
      boolean failed = usable.test(probed);
      if (failed) {
        health.worse(helped ? owing.size() : 1);
      }
      end();
      return failed ? new Step.Failed(probed) : next(now);
    }
    if (now - nextIntervalNanos < 0) {
      return null;
    }
    nextIntervalNanos = now + health.stretched(config.probeIntervalNanos());
    NodeId chosen = choose();
    if (chosen == null) {
      return null;
    }
    target = chosen;
    phase = Phase.DIRECT;
    sequence = sequence % Integer.MAX_VALUE + 1;
    sentNanos = now;
    timeoutNanos = now + health.stretched(config.probeTimeoutNanos());
    return new Step.Ask(chosen, sequence);
  }

  /** Those were asked to ping the target too; each owes an ack or a nack. */
  void onAsked(List<NodeId> helpers) {
    owing.addAll(helpers);
    helped = !helpers.isEmpty();
  }

  /** A helper says that the target does not answer it either. */
  void onNack(NodeId from, int nacked) {
    if (target != null && nacked == sequence) {
      owing.remove(from);
    }
  }

  /**
   * An ack, from the target or from a helper.
   *
   * @return the round trip in nanoseconds where the target itself answered the direct ping
   */
  OptionalLong onAck(long now, NodeId from, int acked) {
    if (target == null || acked != sequence) {
      return OptionalLong.empty();
    }
    boolean direct = from.equals(target);
    health.better();
    end();
    return direct ? OptionalLong.of(now - sentNanos) : OptionalLong.empty();
  }

  long nextDeadlineNanos() {
    return phase == Phase.DIRECT ? timeoutNanos : nextIntervalNanos;
  }

  private void end() {
    target = null;
    owing.clear();
    helped = false;
    phase = Phase.IDLE;
  }

  private @Nullable NodeId choose() {
    if (order.isEmpty()) {
      order.addAll(candidates.get());
      Collections.shuffle(order, random);
    }
    while (!order.isEmpty()) {
      NodeId last = order.remove(order.size() - 1);
      if (usable.test(last)) {
        return last;
      }
    }
    return null;
  }
}
