// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.util.concurrent.TimeUnit;

/** When a request counts as one that the mesh did not end. */
final class Endless {
  /** Its deadline and 100 ms more. */
  static final long NANOS = TimeUnit.MILLISECONDS.toNanos(TimerRequest.DEADLINE_MILLIS + 100);

  private Endless() {}
}
