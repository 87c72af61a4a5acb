// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import java.util.concurrent.atomic.AtomicLong;

/** Bounds the memory that requests in flight hold. Any thread. */
public final class InFlightBytes {
  private final long limit;
  private final AtomicLong held = new AtomicLong();

  InFlightBytes(long limit) {
    this.limit = limit;
  }

  /** Takes room for one request; the first always fits, however large. */
  boolean tryAcquire(long bytes) {
    return tryGrow(0, bytes);
  }

  private boolean tryGrow(long own, long bytes) {
    long before = held.getAndAdd(bytes);
    if (before != own && before + bytes > limit) {
      held.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void release(long bytes) {
    held.addAndGet(-bytes);
  }

  /** Room for a request that is still coming in: none yet. */
  public Hold hold() {
    return new Hold();
  }

  /** What a client is told whose request found no room. */
  public String refusal() {
    return "requests in flight hold all of the " + limit + " bytes that this node gives them";
  }

  /** The room that one request has so far. One thread at a time. */
  public final class Hold {
    private long mine;

    private Hold() {}

    /** Takes more; false where there is no more, and then this keeps what it had. */
    public boolean grow(long bytes) {
      if (!tryGrow(mine, bytes)) {
        return false;
      }
      mine += bytes;
      return true;
    }

    /** Gives all of it back. Idempotent. */
    public void release() {
      InFlightBytes.this.release(mine);
      mine = 0;
    }
  }
}
