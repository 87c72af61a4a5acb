// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import java.io.Serializable;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.MutableEntry;

/** Gives a job up, or has it go on; gives whether there is one. */
public final class Cancellation implements EntryProcessor<String, byte[], Boolean>, Serializable {
  private static final long serialVersionUID = 1;

  private final boolean cancelled;

  Cancellation(boolean cancelled) {
    this.cancelled = cancelled;
  }

  @Override
  public Boolean process(MutableEntry<String, byte[]> entry, Object... arguments) {
    byte[] stored = entry.getValue();
    if (stored == null) {
      return false;
    }
    entry.setValue(JobCodec.encode(JobCodec.decode(stored).cancelled(cancelled)));
    return true;
  }
}
