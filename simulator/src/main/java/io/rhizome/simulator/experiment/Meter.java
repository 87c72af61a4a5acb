// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

/** What an experiment cannot know of by itself: the machine that it runs on. */
public interface Meter {
  /** Real time from any fixed moment, in nanoseconds. */
  long nanos();

  /** Bytes of the heap in use after a full collection of garbage, which this call waits for. */
  long liveHeapBytes();
}
