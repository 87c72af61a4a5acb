// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The jobs that may have something to run and whose items are here. All that the store knows is
 * listed once a second, and in between only what has come to this node's journal is asked for: to
 * list a thousand jobs costs more than to claim what is open of them. That a job was given up or
 * goes on again is seen a second late, then. Time is passed in. Not thread-safe.
 */
final class OpenJobs {
  private static final long LIST_NANOS = 1_000_000_000L;

  private final Journal journal;
  private final SortedMap<JobId, JobStore.Entry> known = new TreeMap<>();

  /** Jobs that are done, with the round in which they were. */
  private final Map<JobId, Integer> done = new TreeMap<>();

  private boolean listed;
  private long listedNanos;

  /** One that goes on. */
  record Open(JobStore.Entry entry, JournalEntry items) {
    Job job() {
      return items.job();
    }
  }

  OpenJobs(Journal journal) {
    this.journal = journal;
  }

  /** Those that are neither given up nor known to be done. */
  List<Open> read(long nowNanos, JobStore store) throws JobException {
    if (!listed || nowNanos - listedNanos >= LIST_NANOS) {
      known.clear();
      for (JobStore.Entry entry : store.jobs()) {
        known.put(entry.job().id(), entry);
      }
      listedNanos = nowNanos;
      listed = true;
    }
    List<Open> open = new ArrayList<>();
    for (JournalEntry items : journal.entries()) {
      JobId id = items.job().id();
      if (!known.containsKey(id)) {
        store.job(id).ifPresent(entry -> known.put(id, entry));
      }
      Optional.ofNullable(known.get(id))
          .filter(entry -> goesOn(entry) && entry.job().equals(items.job()))
          .ifPresent(entry -> open.add(new Open(entry, items)));
    }
    return open;
  }

  private boolean goesOn(JobStore.Entry entry) {
    return !entry.cancelled() && !Objects.equals(done.get(entry.job().id()), entry.round());
  }

  /** All of that is done: it is left out until it goes on again. */
  void onDone(JobStore.Entry entry) {
    done.put(entry.job().id(), entry.round());
  }

  /** What was listed is of no use any more: the store is another. */
  void forgetList() {
    listed = false;
  }

  /** Forgets what it knew of jobs that are no more. */
  void retain(Set<JobId> jobs) {
    done.keySet().retainAll(jobs);
  }
}
