// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells watchers what a {@link PolicyMachine} replayed, every version once, in order, without a
 * gap. Whoever owns the machine reports here what may be shown. Any thread; watchers are called one
 * at a time, on the reporting or registering thread.
 */
public final class PolicyFeed {
  private final List<Watching> watchers = new ArrayList<>();
  private volatile PolicyImage image;

  /** A feed that begins there. */
  public PolicyFeed(PolicyImage image) {
    this.image = image;
  }

  /** One registration; equal to itself only, for a watcher may register twice. */
  private static final class Watching {
    private final PolicyWatcher watcher;
    private final long after;

    Watching(PolicyWatcher watcher, long after) {
      this.watcher = watcher;
      this.after = after;
    }

    /** Where this feed begins anew, it comes to versions that the watcher had elsewhere. */
    void onRecord(PolicyRecord record) {
      if (record.version() > after) {
        watcher.onRecord(record);
      }
    }

    void onSnapshot(PolicySnapshot now) {
      if (now.version() > after) {
        watcher.onSnapshot(now);
      }
    }
  }

  /** What may be shown now. */
  public PolicyImage image() {
    return image;
  }

  /** The next version may be shown. */
  public synchronized void onRecord(PolicyRecord record, PolicyImage after) {
    long next = image.snapshot().version() + 1;
    if (record.version() != next || after.snapshot().version() != next) {
      throw new IllegalArgumentException(
          "version %d is told after %d".formatted(record.version(), next - 1));
    }
    image = after;
    for (Watching watching : List.copyOf(watchers)) {
      watching.onRecord(record);
    }
  }

  /** Any later state may be shown, without the records between; an earlier one is ignored. */
  public synchronized void onImage(PolicyImage now) {
    if (now.snapshot().version() <= image.snapshot().version()) {
      return;
    }
    image = now;
    for (Watching watching : List.copyOf(watchers)) {
      watching.onSnapshot(now.snapshot());
    }
  }

  /** As {@link PolicyStore#watch}. */
  public synchronized Runnable watch(long after, PolicyWatcher watcher) {
    long now = image.snapshot().version();
    if (after < now) {
      catchUp(after, watcher);
    }
    Watching watching = new Watching(watcher, after);
    watchers.add(watching);
    return () -> stop(watching);
  }

  private synchronized void stop(Watching watching) {
    watchers.remove(watching);
  }

  private void catchUp(long after, PolicyWatcher watcher) {
    List<PolicyRecord> records = image.records();
    if (!records.isEmpty() && records.get(0).version() <= after + 1) {
      records.stream().filter(record -> record.version() > after).forEach(watcher::onRecord);
    } else {
      watcher.onSnapshot(image.snapshot());
    }
  }
}
