// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

/**
 * What a host keeps while its node does not run: the boot epoch, forced before the first packet.
 */
public final class SimDisk {
  private int epoch;
  private int snapshot;

  SimDisk() {}

  /** The boot epoch of the latest life that was persisted; 0 where there was none. */
  public int epoch() {
    return epoch;
  }

  /** Keeps a copy of what is there now, as a backup does. */
  public void snapshot() {
    snapshot = epoch;
  }

  /** Back to the latest {@link #snapshot}, or to nothing: a restored disk. */
  public void restore() {
    epoch = snapshot;
  }

  /** Nothing is left: a disk lost. */
  public void wipe() {
    epoch = 0;
  }

  void persist(int bootEpoch) {
    epoch = bootEpoch;
  }
}
