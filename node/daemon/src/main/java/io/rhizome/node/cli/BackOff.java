// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.Status;

/**
 * Waits between tries against a node that breaks off: 0.25 s, then twice as long each time, 8 s at
 * most; {@value #MAX_TRIES} tries that get nowhere are enough. One thread.
 */
final class BackOff {
  private static final int MAX_TRIES = 8;
  private static final long FIRST_MILLIS = 250;
  private static final long LONGEST_MILLIS = 8_000;

  private final Pause pause;
  private int tries;

  /** How time is let pass. */
  interface Pause {
    void millis(long millis) throws InterruptedException;
  }

  BackOff(Pause pause) {
    this.pause = pause;
  }

  /** In real time. */
  static BackOff sleeping() {
    return new BackOff(Thread::sleep);
  }

  /** Something was got done: tries are counted anew. */
  void progressed() {
    tries = 0;
  }

  /** Whether to try again after this; then the wait is over. */
  boolean again(Status status) throws InterruptedException {
    if (status.getCode() != Status.Code.UNAVAILABLE || tries == MAX_TRIES) {
      return false;
    }
    pause.millis(Math.min(FIRST_MILLIS << tries, LONGEST_MILLIS));
    tries++;
    return true;
  }
}
