// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One member being probed:
 *
 * <pre>
 * from     on                              to        does
 * DIRECT   ack                             (ended)   it answers
 * DIRECT   time-out                        HELPED    ask helpers and a stream too, ping again
 * HELPED   ack                             (ended)   it answers
 * HELPED   time-out, and a helper had one  (ended)   it answers that helper
 * HELPED   time-out                        HELPED    ping again, ask other helpers
 * HELPED   three times the time-out        SILENT    nothing reaches it: route around it
 * SILENT   ack                             (ended)   as above
 * SILENT   time-out                        SILENT    ping again, ask other helpers
 * any      the end                         (ended)   accuse it
 * </pre>
 *
 * <p>A member that says itself that it is reached through relays begins HELPED.
 */
final class Probe {
  /** So many pings are told apart, a power of two; hardly any probe has more. */
  private static final int PINGS = 16;

  final Peer peer;

  /** Without the low bits, which number its pings. */
  final long nonce;

  final long startedNanos;
  private final long timeoutNanos;
  private final long endNanos;
  private final Set<NodeId> owing = new TreeSet<>();
  private boolean helped;
  private @Nullable NodeId relayedBy;
  private Phase phase;
  private long nextNanos;
  private long silentNanos;
  private final long[] sentNanos = new long[PINGS];
  private int pings;

  private enum Phase {
    BEGUN,
    DIRECT,
    HELPED,
    SILENT
  }

  /** What to do next. */
  enum Step {
    /** Ping it, for the first time. */
    ASK,
    /** Ping it again, the first time over a stream too, and ask others to ping it. */
    ASK_OTHERS,
    /** It answered a helper and, given as much time again, not this node. */
    RELAYED,
    /** Neither it nor a helper has answered. */
    SILENT,
    /** That was all the time it had. */
    FAILED
  }

  /**
   * @param nonce random
   * @param timeoutNanos a direct answer takes no longer
   * @param lengthNanos the probe takes no longer
   */
  Probe(Peer peer, long nonce, long now, long timeoutNanos, long lengthNanos) {
    this.peer = peer;
    this.nonce = of(nonce);
    this.startedNanos = now;
    this.timeoutNanos = timeoutNanos;
    this.endNanos = now + Math.max(lengthNanos, 6 * timeoutNanos);
    this.phase = Phase.BEGUN;
    this.nextNanos = now;
  }

  /** The next thing to do now; null where there is nothing left. Call until it returns null. */
  @Nullable Step next(long now) {
    if (now - nextNanos < 0) {
      return null;
    }
    if (relayedBy != null) {
      return Step.RELAYED;
    }
    if (now - endNanos >= 0) {
      return Step.FAILED;
    }
    if (phase == Phase.BEGUN) {
      phase = Phase.DIRECT;
      nextNanos = now + timeoutNanos;
      ping(now);
      return Step.ASK;
    }
    if (phase == Phase.DIRECT) {
      phase = Phase.HELPED;
      silentNanos = now + 3 * timeoutNanos;
    } else if (phase == Phase.HELPED && now - silentNanos >= 0) {
      phase = Phase.SILENT;
      return Step.SILENT;
    }
    nextNanos = Math.min(endNanos, now + timeoutNanos);
    ping(now);
    return Step.ASK_OTHERS;
  }

  /** Those were asked to ping it too; each owes an ack or a nack. */
  void onAsked(List<NodeId> helpers) {
    owing.addAll(helpers);
    helped = true;
  }

  /** Whether others were asked already. */
  boolean isHelped() {
    return helped;
  }

  /** A helper had an answer; this node may still get one of its own. */
  void onRelayed(NodeId helper) {
    relayedBy = helper;
  }

  /** The helper that had an answer, if one had. */
  @Nullable NodeId relayedBy() {
    return relayedBy;
  }

  /** A helper says that it does not answer it either; whether that one was asked. */
  boolean onNack(NodeId from) {
    return owing.remove(from);
  }

  /** Evidence against this node itself, in pieces: helpers without a word, or no helper at all. */
  int missing() {
    return helped ? owing.size() : 1;
  }

  private void ping(long now) {
    sentNanos[pings++ % PINGS] = now;
  }

  /** What a ping sent now asks to be answered with: the answer tells which ping it answers. */
  long pingNonce() {
    return nonce | ((pings - 1) & (PINGS - 1));
  }

  /** The probe that a ping of that nonce belongs to, by {@link #nonce}. */
  static long of(long pingNonce) {
    return pingNonce & -PINGS;
  }

  /** When the ping of that nonce was sent. */
  long sentNanos(long pingNonce) {
    return sentNanos[(int) (pingNonce & (PINGS - 1))];
  }

  /** Whether the first ping is the only one so far. */
  boolean pingedOnce() {
    return pings == 1;
  }

  long nextNanos() {
    return nextNanos;
  }
}
