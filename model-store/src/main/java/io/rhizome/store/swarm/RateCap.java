// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store.swarm;

/**
 * A token bucket over bytes. Something may be sent while the bucket is not in debt, however large
 * it is; the debt is paid off before the next. At rest it saves up a tenth of a second. One thread.
 */
public final class RateCap {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double BURST_SECONDS = 0.1;

  private final long bytesPerSecond;
  private double tokens;
  private long filledAt;

  /** A full bucket; 0 bytes a second stands for no cap. */
  public RateCap(long bytesPerSecond, long nowNanos) {
    if (bytesPerSecond < 0) {
      throw new IllegalArgumentException("a rate cannot be negative: " + bytesPerSecond);
    }
    this.bytesPerSecond = bytesPerSecond;
    this.tokens = bytesPerSecond * BURST_SECONDS;
    this.filledAt = nowNanos;
  }

  /** Nanoseconds until something may be sent; 0 for now. */
  long waitNanos(long nowNanos) {
    if (bytesPerSecond == 0) {
      return 0;
    }
    double earned = (nowNanos - filledAt) / NANOS_PER_SECOND * bytesPerSecond;
    tokens = Math.min(bytesPerSecond * BURST_SECONDS, tokens + earned);
    filledAt = nowNanos;
    return tokens >= 0 ? 0 : (long) (-tokens / bytesPerSecond * NANOS_PER_SECOND) + 1;
  }

  void spend(long bytes) {
    tokens -= bytes;
  }
}
