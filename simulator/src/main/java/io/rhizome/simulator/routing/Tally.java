// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Failure;
import org.jspecify.annotations.Nullable;

/**
 * How requests ended that came in within a window: how long answered ones took, how many failed;
 * and of all requests whether each ended once.
 */
public final class Tally implements Watch {
  private final long fromNanos;
  private final long toNanos;
  private final Sample answered = new Sample();
  private long failed;
  private long ends;
  private long loads;
  private long hash = 7;

  /** Counts those that come in from that moment to before that. */
  public Tally(long fromNanos, long toNanos) {
    this.fromNanos = fromNanos;
    this.toNanos = toNanos;
  }

  @Override
  public void onLoad(int node) {
    loads++;
  }

  @Override
  public void onEnded(long nowNanos, Call call, Failure.@Nullable Kind failure) {
    ends++;
    hash = (hash ^ call.number()) * 0x100000001b3L;
    hash = (hash ^ nowNanos) * 0x100000001b3L;
    if (call.arrivedNanos() < fromNanos || call.arrivedNanos() >= toNanos) {
      return;
    }
    if (failure == null) {
      answered.add(nowNanos - call.arrivedNanos());
    } else {
      failed++;
    }
  }

  Sample answered() {
    return answered;
  }

  /** All of the window. */
  public long requests() {
    return answered.size() + failed;
  }

  /** Those of the window that got no answer. */
  public long failed() {
    return failed;
  }

  /** How many requests ended, whenever they came in. */
  public long ends() {
    return ends;
  }

  /** How often a node loaded the model for requests, whenever that was. */
  public long loads() {
    return loads;
  }

  /** Mean of the answered, in nanoseconds. */
  public double meanNanos() {
    return answered.mean();
  }

  /** A quantile of all of the window, those that failed counting as endless; in nanoseconds. */
  public double quantileNanos(double share) {
    long all = requests();
    long rank = (long) StrictMath.ceil(share * all);
    return rank > answered.size()
        ? Double.POSITIVE_INFINITY
        : answered.quantile((double) rank / answered.size());
  }

  /** Of which request ended when: alike where two runs were. */
  public long hash() {
    return hash;
  }
}
