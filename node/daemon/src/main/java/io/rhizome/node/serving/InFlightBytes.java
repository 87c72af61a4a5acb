// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import java.util.concurrent.atomic.AtomicLong;

/** Bounds the memory that requests in flight hold. Any thread. */
final class InFlightBytes {
  private final long limit;
  private final AtomicLong held = new AtomicLong();

  InFlightBytes(long limit) {
    this.limit = limit;
  }

  /** Takes room for one request; the first always fits, however large. */
  boolean tryAcquire(long bytes) {
    long before = held.getAndAdd(bytes);
    if (before != 0 && before + bytes > limit) {
      held.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void release(long bytes) {
    held.addAndGet(-bytes);
  }

  String refusal() {
    return "requests in flight hold all of the " + limit + " bytes that this node gives them";
  }
}
