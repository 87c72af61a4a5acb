// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The jobs that are not known to be done and whose items are here, those that are given up
 * included. To list ten thousand jobs costs more than to claim what is open of them: {@link #read}
 * lists all that the store knows once a second, and in between asks only for what has come to this
 * node's journal; that a job was given up or goes on again is seen a second late, then. Time is
 * passed in. Not thread-safe.
 */
final class OpenJobs {
  private static final long LIST_NANOS = 1_000_000_000L;

  /** Of how many jobs the store is asked between two lists, each by itself. */
  private static final int MAX_ASKED = 64;

  private final Journal journal;
  private final SortedMap<JobId, Open> open = new TreeMap<>();

  /** Jobs that are here, but that the store did not know yet. */
  private final SortedSet<JobId> unknown = new TreeSet<>();

  /** Jobs that are done, with the round in which they were. */
  private final Map<JobId, Integer> done = new TreeMap<>();

  private long spell = -1;
  private long arrived;
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

  /** Those that there are now, ordered by id. */
  List<Open> list(JobStore store) throws JobException {
    long now = store.site().spell();
    List<JobStore.Entry> all = store.jobs();
    if (now != spell) {
      // The store is another, and may know less.
      done.clear();
      spell = now;
    }
    addArrivals();
    open.clear();
    SortedSet<JobId> listed = new TreeSet<>();
    for (JobStore.Entry entry : all) {
      listed.add(entry.job().id());
      add(entry);
    }
    unknown.removeAll(listed);
    done.keySet().retainAll(listed);
    return List.copyOf(open.values());
  }

  /** Those that there were at most a second ago, and what came since. */
  List<Open> read(long nowNanos, JobStore store) throws JobException {
    if (store.site().spell() != spell || nowNanos - listedNanos >= LIST_NANOS) {
      List<Open> listed = list(store);
      listedNanos = nowNanos;
      return listed;
    }
    addArrivals();
    open.keySet().removeIf(id -> journal.entry(id).isEmpty());
    int asked = 0;
    for (Iterator<JobId> ids = unknown.iterator(); ids.hasNext() && asked < MAX_ASKED; asked++) {
      Optional<JobStore.Entry> entry = store.job(ids.next());
      if (entry.isPresent()) {
        ids.remove();
        add(entry.get());
      }
    }
    return List.copyOf(open.values());
  }

  private void addArrivals() {
    Journal.Arrivals arrivals = journal.arrivedAfter(arrived);
    arrived = arrivals.last();
    unknown.addAll(arrivals.jobs());
    unknown.removeIf(id -> journal.entry(id).isEmpty());
  }

  /** Adds what the store knows, unless it is done or its items are not here. */
  private void add(JobStore.Entry entry) {
    if (!Objects.equals(done.get(entry.job().id()), entry.round())) {
      journal
          .entry(entry.job().id())
          .filter(items -> items.job().equals(entry.job()))
          .ifPresent(items -> open.put(items.job().id(), new Open(entry, items)));
    }
  }

  /** All of that is done: it is left out until it goes on again. */
  void onDone(JobStore.Entry entry) {
    done.put(entry.job().id(), entry.round());
    open.remove(entry.job().id());
  }
}
