// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.gossip;

import io.rhizome.simulator.experiment.Meter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** This machine. */
final class MachineMeter implements Meter {
  private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long liveHeapBytes() {
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }
}
