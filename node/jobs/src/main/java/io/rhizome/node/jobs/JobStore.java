// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.List;
import java.util.Optional;

/**
 * What the nodes of a site know together of its jobs: the port. What was written is there on as
 * many nodes as the site has, three at most, before a call returns. Calls block, for milliseconds
 * where all is well; any thread but an event loop's. Where this node's side of the site is no
 * majority, or the store is starting, all fail with {@code UNAVAILABLE}.
 */
public interface JobStore {
  /**
   * A job that is known.
   *
   * @param cancelled whether what has not run is given up
   * @param round counts how often it was made to go on
   */
  record Entry(Job job, boolean cancelled, int round) {
    /** The same given up, or made to go on. */
    public Entry cancelled(boolean now) {
      return new Entry(job, now, now ? round : round + 1);
    }
  }

  /**
   * Adds a job.
   *
   * @return whether it is new; not where the same was added before
   * @throws JobException {@code CONFLICT} where another job has its id
   */
  boolean add(Job job) throws JobException;

  /** One job, if it is known. */
  Optional<Entry> job(JobId id) throws JobException;

  /** All jobs, ordered by id. */
  List<Entry> jobs() throws JobException;

  /** Gives a job up, or has it go on. */
  void cancel(Job job, boolean cancelled) throws JobException;

  /** The state of each of a job's slices, by number. */
  default List<SliceState> slices(Job job) throws JobException {
    return slices(List.of(job)).get(0);
  }

  /** The same of several jobs, in their order; costs less than to ask for each. */
  List<List<SliceState>> slices(List<Job> jobs) throws JobException;

  /** Changes a slice; empty where the change came too late. */
  Optional<SliceState> change(Slice slice, SliceChange change) throws JobException;

  /** Keeps results, each unless the item has one. */
  void keep(Slice slice, List<ItemResult> results) throws JobException;

  /** The results that there are of a slice's items, by item. */
  List<ItemResult> results(Slice slice) throws JobException;

  /** Drops the results of those of a slice's items that failed, so that they may run again. */
  void dropFailed(Slice slice) throws JobException;

  /** Forgets a job with all that belongs to it. */
  void remove(Job job) throws JobException;

  /** This node's place among those that store the jobs. Does not block. */
  Site site();
}
