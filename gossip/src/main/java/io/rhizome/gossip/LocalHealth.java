// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * How well this node itself keeps up, by its own evidence (A. Dadgar, J. Phillips, J. Currey,
 * "Lifeguard: Local Health Awareness for More Accurate Failure Detection", DSN-W 2018, section
 * IV.A): 0 is well. A node that is slow misses acks that were there to be had, and would accuse the
 * healthy; the worse it is, the longer it waits and the more rarely it probes.
 *
 * <p>Evidence against it: a probe that failed though helpers that owed a word, ack or nack, sent
 * none; an accusation of itself that it had to refute; a tick that came late, as garbage collection
 * and a starved scheduler make it. For it: a probe that was answered in time, and, unlike there, a
 * nack that came in time: else the many failed probes of a partition, some of whose helpers are on
 * the other side, would slow down for minutes the very node that has to notice it.
 */
final class LocalHealth {
  private final int worst;
  private int score;

  /** Begins well; at its worst, times are that plus 1 times as long. */
  LocalHealth(int worst) {
    this.worst = worst;
  }

  /** Evidence that this node keeps up. */
  void better() {
    score = Math.max(0, score - 1);
  }

  /** So many pieces of evidence that it does not. */
  void worse(int evidence) {
    score = Math.min(worst, score + evidence);
  }

  /** A time-out or an interval as this node should use it now. */
  long stretched(long nanos) {
    return nanos * (score + 1);
  }
}
