// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.List;

/**
 * How far a job is.
 *
 * @param job which
 * @param state whether it goes on
 * @param done items that have a result, failed ones included
 * @param failed items whose result is an error
 * @param running items that a node works on now
 * @param reruns how often slices were claimed again, counted in items: no more than these ran twice
 * @param waiting why what waits does; empty where nothing is in the way
 */
public record JobStatus(
    Job job, State state, int done, int failed, int running, int reruns, List<String> waiting) {
  /** Whether a job goes on. */
  public enum State {
    /** It does. */
    RUNNING,
    /** Every item has a result. */
    DONE,
    /** It was given up; results so far stay. */
    CANCELLED
  }

  public JobStatus {
    waiting = List.copyOf(waiting);
  }
}
