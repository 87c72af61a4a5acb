// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import java.util.concurrent.Semaphore;

/**
 * How much of the heap all images together may take while they are decoded and run: a few large
 * ones at once must not end the process. Who needs more than is free waits. Any thread.
 */
public final class ImageMemory {
  /** Bytes to a permit, since permits are counted in an int. */
  private static final int UNIT = 1024;

  private final long bytes;
  private final Semaphore free;

  /** So many bytes. */
  public ImageMemory(long bytes) {
    this.bytes = bytes;
    this.free = new Semaphore(units(bytes), true);
  }

  private static int units(long bytes) {
    return (int) Math.min(Integer.MAX_VALUE, (bytes + UNIT - 1) / UNIT);
  }

  /** Takes so many bytes, waiting while others have them; refuses what never will be free. */
  Lease take(long wanted) throws ImageException {
    if (units(wanted) > units(bytes)) {
      throw new ImageException(
          ("decoding takes %d bytes of memory at once, this node has %d for it: send fewer or"
                  + " smaller images")
              .formatted(wanted, bytes));
    }
    free.acquireUninterruptibly(units(wanted));
    return new Lease(free, units(wanted));
  }

  /** Memory that is taken until it is closed. One thread. */
  static final class Lease implements AutoCloseable {
    private final Semaphore free;
    private int held;

    private Lease(Semaphore free, int held) {
      this.free = free;
      this.held = held;
    }

    /** Gives back all but so many bytes. */
    void keep(long bytes) {
      int kept = Math.min(held, units(bytes));
      free.release(held - kept);
      held = kept;
    }

    @Override
    public void close() {
      keep(0);
    }
  }
}
