// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.stub.CallStreamObserver;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Lets a thread that may block send no faster than the other end takes. */
final class Pacing {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private Pacing() {}

  /**
   * Returns once there is room for a message, or the call is over.
   *
   * @throws IOException where the other end takes nothing for too long
   */
  static void await(CallStreamObserver<?> call, BooleanSupplier over) throws IOException {
    long begun = System.nanoTime();
    while (!call.isReady() && !over.getAsBoolean()) {
      if (System.nanoTime() - begun > LIMIT_NANOS) {
        throw new IOException("the other end took nothing for 10 s");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
      if (Thread.currentThread().isInterrupted()) {
        throw new IOException("interrupted");
      }
    }
  }
}
