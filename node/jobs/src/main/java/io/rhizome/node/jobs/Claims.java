// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What this node may claim next: of jobs that go on and whose items are here, the most urgent, then
 * the oldest. Nodes of a site start at different slices, so that they seldom want the same. Of a
 * job whose items may not begin here now nothing is claimed. Jobs whose items could not be run rest
 * for a while; those that are done are not looked at again until they are made to go on. What this
 * node claimed and does not work on, as it was killed or could not say what came of it, it claims
 * again at once. Time is passed in. Any thread.
 */
final class Claims {
  private static final long IDLE_NANOS = 200_000_000L;
  private static final long BUSY_NANOS = 50_000_000L;
  private static final long STALE_NANOS = 1_000_000_000L;
  private static final long MIN_REST_NANOS = 500_000_000L;
  private static final long MAX_REST_NANOS = 10_000_000_000L;
  private static final int MAX_FOUND = 256;

  private final String self;
  private final OpenJobs jobs;
  private final Conditions conditions;
  private final Leases leases;
  private final Deque<Candidate> found = new ArrayDeque<>();
  private final Map<JobId, Rest> rests = new TreeMap<>();
  private final Set<Slice> worked = new HashSet<>();

  private long spell = -1;
  private long scannedNanos;
  private boolean scanned;
  private boolean idle;

  /** A slice that may be claimed. */
  private record Candidate(JournalEntry entry, Slice slice, SliceState state) {}

  /** Why a job rests, and until when. */
  private record Rest(String why, long untilNanos, long lengthNanos) {}

  /** A slice that this node has claimed. */
  record Claim(JournalEntry entry, Slice slice, SliceState state) {}

  Claims(String self, Journal journal, Conditions conditions, long leaseNanos) {
    this.self = self;
    this.jobs = new OpenJobs(journal);
    this.conditions = conditions;
    this.leases = new Leases(leaseNanos);
  }

  /** Claims the next slice, if there is one; {@link #onEnd} must follow. */
  Optional<Claim> next(long nowNanos, JobStore store) throws JobException {
    while (true) {
      Candidate candidate = candidate(nowNanos, store);
      if (candidate == null) {
        return Optional.empty();
      }
      Optional<SliceState> mine = Optional.empty();
      try {
        mine = store.change(candidate.slice(), SliceChange.claim(self, candidate.state()));
      } finally {
        if (mine.isEmpty()) {
          onEnd(candidate.slice());
        }
      }
      if (mine.isPresent()) {
        return Optional.of(new Claim(candidate.entry(), candidate.slice(), mine.get()));
      }
    }
  }

  /** This node does not work on that slice any more, whatever came of it. */
  synchronized void onEnd(Slice slice) {
    worked.remove(slice);
  }

  private synchronized @Nullable Candidate candidate(long nowNanos, JobStore store)
      throws JobException {
    long now = store.site().spell();
    if (now != spell) {
      spell = now;
      found.clear();
      scanned = false;
    }
    if (scanned && nowNanos - scannedNanos >= STALE_NANOS) {
      found.clear();
    }
    long pause = idle ? IDLE_NANOS : BUSY_NANOS;
    if (found.isEmpty() && (!scanned || nowNanos - scannedNanos >= pause)) {
      scan(nowNanos, store);
      scannedNanos = nowNanos;
      scanned = true;
      idle = found.isEmpty();
    }
    return poll();
  }

  /** The next that was found, and may still begin: from now on it is worked on. */
  private @Nullable Candidate poll() {
    Candidate next = found.poll();
    while (next != null && !(mayBegin(next.entry().job()) && worked.add(next.slice()))) {
      next = found.poll();
    }
    return next;
  }

  private boolean mayBegin(Job job) {
    return conditions.whyNot(job).isEmpty();
  }

  private void scan(long nowNanos, JobStore store) throws JobException {
    List<OpenJobs.Open> open = new ArrayList<>(jobs.read(nowNanos, store));
    open.removeIf(
        each ->
            each.entry().cancelled() || rests(each.job().id(), nowNanos) || !mayBegin(each.job()));
    open.sort(
        Comparator.comparingInt((OpenJobs.Open each) -> -each.job().spec().priority())
            .thenComparingLong(each -> each.job().submittedMillis())
            .thenComparing(each -> each.job().id()));
    List<Candidate> others = new ArrayList<>();
    for (OpenJobs.Open each : open) {
      if (scan(nowNanos, store, each.items(), others)) {
        jobs.onDone(each.entry());
      }
      if (found.size() == MAX_FOUND) {
        return;
      }
    }
    if (found.isEmpty() && !others.isEmpty()) {
      // Whose they are comes from the other end.
      found.add(others.get(others.size() - 1));
    }
  }

  /**
   * Finds what is free of a job: this node's share, and what of the others' came last.
   *
   * @return whether all of it is done
   */
  private boolean scan(long nowNanos, JobStore store, JournalEntry entry, List<Candidate> others)
      throws JobException {
    List<String> present = new ArrayList<>(store.site().present());
    int nodes = Math.max(1, present.size());
    int own = Math.max(0, present.indexOf(self));
    present.remove(self); // It knows better than the store what it works on.
    int share = Math.floorMod(own - entry.job().id().text().hashCode(), nodes);
    boolean isDone = true;
    int number = 0;
    for (SliceState state : store.slices(entry.job())) {
      Slice slice = entry.job().slice(number++);
      isDone &= state.phase() == SliceState.Phase.DONE;
      if (!worked.contains(slice) && leases.isFree(nowNanos, slice, state, present)) {
        Candidate candidate = new Candidate(entry, slice, state);
        if (slice.number() % nodes != share) {
          others.add(candidate);
        } else if (found.size() < MAX_FOUND) {
          found.add(candidate);
        }
      }
    }
    return isDone;
  }

  private boolean rests(JobId job, long nowNanos) {
    Rest rest = rests.get(job);
    return rest != null && nowNanos - rest.untilNanos() < 0;
  }

  /** A slice of that job is done. */
  synchronized void onDone(JobId job) {
    rests.remove(job);
  }

  /** Items of that job could not be run now: it rests, longer each time. */
  synchronized void onLater(JobId job, String why, long nowNanos) {
    Rest before = rests.get(job);
    long length =
        before == null ? MIN_REST_NANOS : Math.min(MAX_REST_NANOS, 2 * before.lengthNanos());
    rests.put(job, new Rest(why, nowNanos + length, length));
    found.removeIf(candidate -> candidate.slice().job().equals(job));
  }

  /**
   * Why a job's items wait: what is in the way now, and why the last that were tried did not run.
   */
  synchronized List<String> waiting(Job job) {
    List<String> reasons = new ArrayList<>();
    conditions.whyNot(job).ifPresent(reasons::add);
    Rest rest = rests.get(job.id());
    if (rest != null) {
      reasons.add(rest.why());
    }
    return reasons;
  }

  /** Forgets what it knew of jobs that are no more. */
  synchronized void retain(Set<JobId> ids) {
    leases.retain(ids);
    rests.keySet().retainAll(ids);
    found.removeIf(candidate -> !ids.contains(candidate.slice().job()));
  }
}
