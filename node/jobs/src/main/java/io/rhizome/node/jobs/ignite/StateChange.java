// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import io.rhizome.node.jobs.SliceChange;
import io.rhizome.node.jobs.SliceState;
import java.io.Serializable;
import java.util.Optional;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.MutableEntry;
import org.jspecify.annotations.Nullable;

/**
 * Changes a slice where its primary copy is; gives its new state, or null where it came too late.
 */
public final class StateChange
    implements EntryProcessor<String, byte[], byte @Nullable []>, Serializable {
  private static final long serialVersionUID = 1;

  private final byte[] change;

  StateChange(SliceChange change) {
    this.change = change.encode();
  }

  @Override
  public byte @Nullable [] process(MutableEntry<String, byte[]> entry, Object... arguments) {
    byte[] stored = entry.getValue();
    SliceState before = stored == null ? SliceState.NEW : SliceState.decode(stored);
    Optional<byte[]> after = before.after(SliceChange.decode(change)).map(SliceState::encode);
    after.ifPresent(entry::setValue);
    return after.orElse(null);
  }
}
