// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import io.rhizome.node.jobs.JobStatus.State;
import io.rhizome.node.jobs.SiteJobs.Reasons;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How far jobs are. Of a job that is done the store is asked once in a spell, until it is made to
 * go on; of others for many slices at a time. Any thread.
 */
final class Statuses {
  /** Of how many slices the state is read at once, or of one job. */
  private static final int AT_ONCE = 1_024;

  private final Reasons reasons;
  private final Map<JobStore.Entry, JobStatus> done = new HashMap<>();
  private long spell = -1;

  Statuses(Reasons reasons) {
    this.reasons = reasons;
  }

  /** Of all jobs, ordered by id. */
  List<JobStatus> all(JobStore store) throws JobException {
    List<JobStore.Entry> entries = store.jobs();
    Map<JobStore.Entry, JobStatus> found = known(store, entries);
    List<JobStore.Entry> some = new ArrayList<>();
    int slices = 0;
    for (JobStore.Entry entry : entries) {
      if (!found.containsKey(entry)) {
        some.add(entry);
        slices += entry.job().slices();
      }
      if (slices >= AT_ONCE) {
        read(store, some, found);
        some.clear();
        slices = 0;
      }
    }
    read(store, some, found);
    keep(found);
    return entries.stream().map(entry -> Objects.requireNonNull(found.get(entry))).toList();
  }

  /** Those of these that are done, and forgets all others. */
  private Map<JobStore.Entry, JobStatus> known(JobStore store, List<JobStore.Entry> entries) {
    synchronized (done) {
      long now = store.site().spell();
      if (now != spell) {
        // What began anew may know less.
        done.clear();
        spell = now;
      }
      done.keySet().retainAll(new HashSet<>(entries));
      return new HashMap<>(done);
    }
  }

  private void keep(Map<JobStore.Entry, JobStatus> found) {
    synchronized (done) {
      found.forEach(
          (entry, status) -> {
            if (status.state() == State.DONE) {
              done.put(entry, status);
            }
          });
    }
  }

  private void read(
      JobStore store, List<JobStore.Entry> entries, Map<JobStore.Entry, JobStatus> found)
      throws JobException {
    List<List<SliceState>> slices =
        store.slices(entries.stream().map(JobStore.Entry::job).toList());
    for (int i = 0; i < entries.size(); i++) {
      found.put(entries.get(i), status(entries.get(i), slices.get(i)));
    }
  }

  /** Of one job, as it is now. */
  JobStatus of(JobStore store, JobStore.Entry entry) throws JobException {
    return status(entry, store.slices(entry.job()));
  }

  private JobStatus status(JobStore.Entry entry, List<SliceState> slices) {
    Job job = entry.job();
    int done = 0;
    int failed = 0;
    int running = 0;
    int reruns = 0;
    int number = 0;
    for (SliceState state : slices) {
      int count = job.slice(number++).count();
      failed += state.failed();
      done += state.phase() == SliceState.Phase.DONE ? count : 0;
      running += state.phase() == SliceState.Phase.CLAIMED ? count : 0;
      reruns += count * Math.max(0, state.attempts() - 1);
    }
    State state =
        done == job.items() ? State.DONE : entry.cancelled() ? State.CANCELLED : State.RUNNING;
    List<String> waiting = state == State.RUNNING ? reasons.of(job) : List.<String>of();
    return new JobStatus(job, state, done, failed, running, reruns, waiting);
  }
}
