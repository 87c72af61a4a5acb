// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

/** Tokens that come back at a steady rate. Not thread-safe; time is passed in. */
final class TokenBucket {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double perSecond;
  private final double most;
  private double tokens;
  private long atNanos;

  /** A full bucket. */
  TokenBucket(double perSecond, double most, long nowNanos) {
    this.perSecond = perSecond;
    this.most = most;
    this.tokens = most;
    this.atNanos = nowNanos;
  }

  /** Takes a token, if there is one. */
  boolean take(long nowNanos) {
    boolean taken = has(nowNanos);
    if (taken) {
      tokens--;
    }
    return taken;
  }

  /** Whether there is a token. */
  boolean has(long nowNanos) {
    refill(nowNanos);
    return tokens >= 1;
  }

  /** Whether it is as if nothing had ever been taken. */
  boolean full(long nowNanos) {
    refill(nowNanos);
    return tokens >= most;
  }

  private void refill(long nowNanos) {
    long passed = Math.max(0, nowNanos - atNanos);
    atNanos += passed;
    tokens = Math.min(most, tokens + passed / NANOS_PER_SECOND * perSecond);
  }
}
