// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

/** The one clock of a simulation, in nanoseconds from 0; only its event queue moves it. */
public final class VirtualTime {
  private long nowNanos;

  /** A clock that shows 0. */
  public VirtualTime() {}

  /** Now. */
  public long nowNanos() {
    return nowNanos;
  }

  void advanceTo(long nanos) {
    if (nanos < nowNanos) {
      throw new IllegalArgumentException("time cannot run back to " + nanos);
    }
    nowNanos = nanos;
  }
}
