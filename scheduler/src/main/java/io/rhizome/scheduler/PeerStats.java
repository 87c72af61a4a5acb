// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

/**
 * What requests have taught this node about one peer: its load as it says it, the round trip
 * without its own time, what is under way there. Guarded by its own lock; held for a few
 * assignments only.
 */
final class PeerStats {
  /** A report older than this says nothing any more, about load or about the network. */
  private static final long LOAD_AGE_NANOS = 1_000_000_000L;

  /** An old word on run times is believed half as much after each of these. */
  private static final long HALVING_NANOS = 1_000_000_000L;

  /** A peer is asked for its load at most this often. */
  private static final long ASK_NANOS = 100_000_000L;

  /** Below this a request's size hardly counts, above it tells how fast the link is. */
  private static final long LARGE_BYTES = 64 << 10;

  private static final double KIB = 1024;
  private static final double SMOOTHING = 0.2;

  /** Has a lock of its own. */
  final Refusals refusals = new Refusals();

  private long rttNanos;
  private long measuredAtNanos;
  private boolean measured;
  private double transferNanosPerKib;
  private long transferredAtNanos;
  private Load load = Load.UNKNOWN;
  private long heardAtNanos;
  private boolean heard;
  private long spokeAtNanos;
  private boolean spoke;
  private int outstanding;
  private int outstandingWhenHeard;
  private long askedAtNanos;
  private boolean asked;

  /** A request goes there. */
  synchronized void onSent() {
    outstanding++;
  }

  /** One that went there ended, or nobody waits for it any more. */
  synchronized void onEnded() {
    outstanding = Math.max(0, outstanding - 1);
  }

  /**
   * A request of that size took that long there and back, without the time that the peer had it.
   */
  synchronized void onNetwork(long nowNanos, long network, long bytes) {
    double nanos = (double) Math.max(0, network);
    if (bytes < LARGE_BYTES) {
      boolean young = isYoung(measured, measuredAtNanos, nowNanos);
      rttNanos = Math.round(smoothed(young, (double) rttNanos, nanos));
      measuredAtNanos = nowNanos;
      measured = true;
    } else {
      double beyond = Math.max(0, nanos - (measured ? rttNanos : 0));
      boolean young = isYoung(transferNanosPerKib > 0, transferredAtNanos, nowNanos);
      transferNanosPerKib = smoothed(young, transferNanosPerKib, beyond / (bytes / KIB));
      transferredAtNanos = nowNanos;
    }
  }

  /**
   * A question took that long to be answered. It counts where no request has measured the way
   * lately: what probes found while the peer hung would keep requests from it long after.
   */
  synchronized void onAsked(long nowNanos, long elapsed) {
    if (!isYoung(measured, measuredAtNanos, nowNanos)) {
      onNetwork(nowNanos, elapsed, 0);
    }
  }

  private static double smoothed(boolean young, double mean, double sample) {
    return young ? mean + SMOOTHING * (sample - mean) : sample;
  }

  /** It said how busy it is. */
  synchronized void onLoad(long nowNanos, Load said) {
    spokeAtNanos = nowNanos;
    spoke = true;
    heard(nowNanos, said);
  }

  /** It said that to somebody else then; says whether this is news. */
  synchronized boolean onHearsay(long saidAtNanos, Load said) {
    if (heard && saidAtNanos - heardAtNanos <= 0) {
      return false;
    }
    heard(saidAtNanos, said);
    return true;
  }

  private void heard(long saidAtNanos, Load said) {
    load = said;
    heardAtNanos = saidAtNanos;
    heard = true;
    outstandingWhenHeard = outstanding;
  }

  /** Whether it spoke to this node itself within that time. */
  synchronized boolean hasSpoken(long nowNanos, long withinNanos) {
    return spoke && nowNanos - spokeAtNanos <= withinNanos;
  }

  /** Whether it may be asked for its load now: then it is being asked. */
  synchronized boolean tryAsk(long nowNanos) {
    if (asked && nowNanos - askedAtNanos < ASK_NANOS) {
      return false;
    }
    asked = true;
    askedAtNanos = nowNanos;
    return true;
  }

  /**
   * Round trip in nanoseconds, -1 where no request or question has measured it lately. Without the
   * age, a peer whose first request paid for the TLS handshake would seem far away for ever, as
   * nobody would ask it again.
   */
  synchronized long rttNanos(long nowNanos) {
    return isYoung(measured, measuredAtNanos, nowNanos) ? rttNanos : -1;
  }

  private static boolean isYoung(boolean known, long atNanos, long nowNanos) {
    return known && nowNanos - atNanos <= LOAD_AGE_NANOS;
  }

  /**
   * The load to route by: what it said, and what this node sent since. An old report keeps only the
   * service time, believed less the older it is, so that a peer that was slow is asked again.
   */
  synchronized Load load(long nowNanos) {
    if (isYoung(heard, heardAtNanos, nowNanos)) {
      return load.plus(outstanding - outstandingWhenHeard);
    }
    long service = load.serviceNanos() >> halvings(nowNanos, heardAtNanos);
    return new Load(0, load.limit(), 0, service).plus(outstanding);
  }

  /** What a KiB adds to the round trip, in nanoseconds, believed less the older it is. */
  synchronized long transferNanosPerKib(long nowNanos) {
    return Math.round(transferNanosPerKib) >> halvings(nowNanos, transferredAtNanos);
  }

  private static int halvings(long nowNanos, long atNanos) {
    return (int) Math.min(Long.SIZE - 1, Math.max(0, nowNanos - atNanos) / HALVING_NANOS);
  }

  /** How old its word is, in nanoseconds; {@link Long#MAX_VALUE} where it never said any. */
  synchronized long loadAgeNanos(long nowNanos) {
    return heard ? Math.max(0, nowNanos - heardAtNanos) : Long.MAX_VALUE;
  }

  /** How many of this node's requests are there. */
  synchronized int outstanding() {
    return outstanding;
  }
}
