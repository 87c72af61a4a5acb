// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The jobs that are not known to be done and whose items are here, those that are given up
 * included. To list a thousand jobs costs more than to claim what is open of them: {@link #read}
 * lists all that the store knows once a second, and in between asks only for what has come to this
 * node's journal; that a job was given up or goes on again is seen a second late, then. Time is
 * passed in. Not thread-safe.
 */
final class OpenJobs {
  private static final long LIST_NANOS = 1_000_000_000L;

  private final Journal journal;
  private final SortedMap<JobId, JobStore.Entry> known = new TreeMap<>();

  /** Jobs that are done, with the round in which they were. */
  private final Map<JobId, Integer> done = new TreeMap<>();

  private long spell = -1;
  private long listedNanos;

  /** One of them. */
  record Open(JobStore.Entry entry, JournalEntry items) {
    Job job() {
      return items.job();
    }
  }

  OpenJobs(Journal journal) {
    this.journal = journal;
  }

  /** Those that there are now. */
  List<Open> list(JobStore store) throws JobException {
    long now = store.site().spell();
    if (now != spell) {
      // The store is another, and may know less.
      done.clear();
      spell = now;
    }
    known.clear();
    for (JobStore.Entry entry : store.jobs()) {
      known.put(entry.job().id(), entry);
    }
    done.keySet().retainAll(known.keySet());
    return open();
  }

  /** Those that there were at most a second ago, and what came since. */
  List<Open> read(long nowNanos, JobStore store) throws JobException {
    if (store.site().spell() != spell || nowNanos - listedNanos >= LIST_NANOS) {
      List<Open> open = list(store);
      listedNanos = nowNanos;
      return open;
    }
    for (JournalEntry items : journal.entries()) {
      JobId id = items.job().id();
      if (!known.containsKey(id)) {
        store.job(id).ifPresent(entry -> known.put(id, entry));
      }
    }
    return open();
  }

  private List<Open> open() {
    List<Open> open = new ArrayList<>();
    for (JournalEntry items : journal.entries()) {
      JobStore.Entry entry = known.get(items.job().id());
      if (entry != null && entry.job().equals(items.job()) && !isDone(entry)) {
        open.add(new Open(entry, items));
      }
    }
    return open;
  }

  private boolean isDone(JobStore.Entry entry) {
    return Objects.equals(done.get(entry.job().id()), entry.round());
  }

  /** All of that is done: it is left out until it goes on again. */
  void onDone(JobStore.Entry entry) {
    done.put(entry.job().id(), entry.round());
  }
}
