// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import java.util.concurrent.atomic.LongAdder;

/** How requests ended at this node since it started. Any thread. */
public final class Counters {
  private final LongAdder served = new LongAdder();
  private final LongAdder forwarded = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder retries = new LongAdder();

  void addServed() {
    served.increment();
  }

  void addForwarded() {
    forwarded.increment();
  }

  void addFailed() {
    failed.increment();
  }

  void addRetry() {
    retries.increment();
  }

  /** Requests answered by this node's own executor. */
  public long served() {
    return served.sum();
  }

  /** Requests answered by a peer that this node forwarded to. */
  public long forwarded() {
    return forwarded.sum();
  }

  /** Requests that ended without an answer. */
  public long failed() {
    return failed.sum();
  }

  /** Attempts after the first of a request. */
  public long retries() {
    return retries.sum();
  }
}
