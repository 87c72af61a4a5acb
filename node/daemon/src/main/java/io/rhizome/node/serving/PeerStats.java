// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.node.executor.ServiceTime;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.scheduler.Load;

/**
 * What requests have taught this node about one peer: its load as it reports it, the round trip
 * without its own time. Guarded by its own lock; held for a few assignments only.
 */
final class PeerStats {
  /** A report older than this says nothing any more, about load or about the network. */
  static final long LOAD_AGE_NANOS = 1_000_000_000L;

  /** How long a peer whose connection broke counts as slow, unless it answers before. */
  static final long BROKEN_AGE_NANOS = 1_000_000_000L;

  private static final double SMOOTHING = 0.2;

  private long rttNanos;
  private Load load = Load.UNKNOWN;
  private long reportedAtNanos;
  private boolean heard;
  private long brokenAtNanos;
  private boolean broken;

  synchronized void onReport(long nowNanos, long sentNanos, HopReport report) {
    long network = Math.max(0, nowNanos - sentNanos - report.elapsedNanos());
    rttNanos =
        !isFresh(nowNanos)
            ? network
            : Math.round(rttNanos + SMOOTHING * ((double) network - rttNanos));
    load = new Load(report.inFlight(), report.limit(), report.queueNanos(), report.serviceNanos());
    reportedAtNanos = nowNanos;
    heard = true;
    broken = false;
  }

  synchronized void onBroken(long nowNanos) {
    brokenAtNanos = nowNanos;
    broken = true;
  }

  /**
   * Round trip in nanoseconds, -1 where no request has measured it lately. Without the age, a peer
   * whose first request paid for the TLS handshake would seem far away for ever, as nobody would
   * ask it again.
   */
  synchronized long rttNanos(long nowNanos) {
    return isFresh(nowNanos) ? rttNanos : -1;
  }

  private boolean isFresh(long nowNanos) {
    return heard && nowNanos - reportedAtNanos <= LOAD_AGE_NANOS;
  }

  /**
   * The load to route by. An old report keeps only the service time, believed less the older it is,
   * so that a peer that was slow is asked again. A peer whose connection just broke is not ruled
   * out, since it may be the last holder, but everyone else comes first.
   */
  synchronized Load load(long nowNanos) {
    if (broken && nowNanos - brokenAtNanos < BROKEN_AGE_NANOS) {
      return new Load(load.inFlight(), load.limit(), BROKEN_AGE_NANOS, load.serviceNanos());
    }
    if (!isFresh(nowNanos)) {
      long service = ServiceTime.believed(load.serviceNanos(), nowNanos - reportedAtNanos);
      return new Load(0, load.limit(), 0, service);
    }
    return load;
  }
}
