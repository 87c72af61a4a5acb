// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.List;

/**
 * A site's jobs, as clients see them: the same at every node of the site. Calls block; any thread
 * but an event loop's. All fail with {@code UNAVAILABLE} where this node's side of the site is no
 * majority, and with {@code NOT_FOUND} where no job has that id.
 */
public interface Jobs {
  /**
   * Begins a submission, or goes on with one that broke off at this node. One at a time of each id.
   *
   * @param firstItem what the first item that follows is counted as; at most {@link #uploaded}
   * @throws JobException {@code CONFLICT} where another job has the id, or the same is being
   *     submitted now; {@code FULL} where no room is left
   */
  Upload upload(JobSpec spec, int firstItem) throws JobException;

  /**
   * Items of a tenant's submission that broke off at this node; those of the job where it was
   * accepted.
   */
  int uploaded(JobId id, String tenant) throws JobException;

  /** All jobs, ordered by id. */
  List<JobStatus> list() throws JobException;

  /** One job. */
  JobStatus status(JobId id) throws JobException;

  /**
   * Results that there are now, in the order of items.
   *
   * @param first the first item wanted
   * @param limit how many items to look at, those without a result included
   */
  List<ItemResult> results(JobId id, int first, int limit) throws JobException;

  /** Gives up what has not run; results so far stay. */
  JobStatus cancel(JobId id) throws JobException;

  /** Has items that failed, or that a cancelled job left, run again. */
  JobStatus retry(JobId id) throws JobException;

  /** A job that is coming in; one thread at a time. */
  interface Upload extends AutoCloseable {
    /**
     * Takes an item that follows.
     *
     * @param item an encoded {@code ModelInferRequest}, whose model is not looked at
     * @throws JobException {@code FULL} where no room is left; {@code TOO_LARGE} where it, or the
     *     job with it, has more bytes or items than a job may have
     */
    void add(byte[] item) throws JobException;

    /**
     * Ends the submission: the job is accepted once a majority of the site's nodes has forced it to
     * disk. Where it fails, what arrived stays for another try.
     */
    JobStatus accept() throws JobException;

    /** Leaves what arrived for another time; harmless after {@link #accept}. */
    @Override
    void close();
  }
}
