// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
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
 * INDIRECT  the interval is over                 IDLE, the target failed
 * </pre>
 */
final class ProbeRound {
  private final GossipConfig config;
  private final Random random;
  private final Supplier<List<NodeId>> candidates;
  private final Predicate<NodeId> usable;
  private final List<NodeId> order = new ArrayList<>();
  private Phase phase = Phase.IDLE;
  private @Nullable NodeId target;
  private int sequence;
  private long sentNanos;
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
   */
  ProbeRound(
      GossipConfig config,
      Random random,
      Supplier<List<NodeId>> candidates,
      Predicate<NodeId> usable,
      long nowNanos) {
    this.config = config;
    this.random = random;
    this.candidates = candidates;
    this.usable = usable;
    this.sequence = random.nextInt(Integer.MAX_VALUE);
    this.nextIntervalNanos = nowNanos + random.nextLong(config.probeIntervalNanos());
  }

  /** The next thing to do now; null where there is nothing left. Call until it returns null. */
  @Nullable Step next(long now) {
    NodeId probed = target;
    if (probed != null && phase == Phase.DIRECT && now - timeoutNanos() >= 0) {
      phase = Phase.INDIRECT;
      // After a pause of this node's own, the helpers still get all of their time.
      long helpersNanos = config.probeIntervalNanos() - config.probeTimeoutNanos();
      nextIntervalNanos = Math.max(nextIntervalNanos, now + helpersNanos);
      return new Step.AskOthers(probed, sequence);
    }
    if (probed != null && now - nextIntervalNanos >= 0) {
      end();
      return usable.test(probed) ? new Step.Failed(probed) : next(now);
    }
    if (now - nextIntervalNanos < 0) {
      return null;
    }
    nextIntervalNanos = now + config.probeIntervalNanos();
    NodeId chosen = choose();
    if (chosen == null) {
      return null;
    }
    target = chosen;
    phase = Phase.DIRECT;
    sequence = sequence % Integer.MAX_VALUE + 1;
    sentNanos = now;
    return new Step.Ask(chosen, sequence);
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
    end();
    return direct ? OptionalLong.of(now - sentNanos) : OptionalLong.empty();
  }

  long nextDeadlineNanos() {
    return phase == Phase.DIRECT ? timeoutNanos() : nextIntervalNanos;
  }

  private long timeoutNanos() {
    return sentNanos + config.probeTimeoutNanos();
  }

  private void end() {
    target = null;
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
