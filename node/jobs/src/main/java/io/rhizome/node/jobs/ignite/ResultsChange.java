// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import io.rhizome.node.jobs.ItemResult;
import io.rhizome.node.jobs.SliceResults;
import java.io.Serializable;
import java.util.List;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.MutableEntry;
import org.jspecify.annotations.Nullable;

/** Changes a slice's results where their primary copy is: adds, or drops what failed. */
public final class ResultsChange implements EntryProcessor<String, byte[], Boolean>, Serializable {
  private static final long serialVersionUID = 1;

  private final byte @Nullable [] added;

  private ResultsChange(byte @Nullable [] added) {
    this.added = added;
  }

  /** Adds those of items that have none. */
  static ResultsChange add(List<ItemResult> results) {
    return new ResultsChange(SliceResults.encode(results));
  }

  /** Drops those that failed. */
  static ResultsChange dropFailed() {
    return new ResultsChange(null);
  }

  @Override
  public Boolean process(MutableEntry<String, byte[]> entry, Object... arguments) {
    byte[] stored = entry.getValue();
    List<ItemResult> before = stored == null ? List.of() : SliceResults.decode(stored);
    List<ItemResult> after =
        added == null
            ? SliceResults.good(before)
            : SliceResults.merge(before, SliceResults.decode(added));
    boolean changed = after.size() != before.size();
    if (changed || added != null) {
      // What is added again may be on some of the copies only.
      entry.setValue(SliceResults.encode(after));
    }
    return changed;
  }
}
