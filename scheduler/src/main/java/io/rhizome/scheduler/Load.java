// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

/**
 * How busy a node is, as it said itself on a response, a rejection or when asked.
 *
 * @param inFlight requests running and queued there
 * @param limit how many it runs at once, at least 1
 * @param queueNanos how long a request that arrives now would wait before it runs, in nanoseconds
 * @param serviceNanos typical run time of one request, in nanoseconds
 */
public record Load(int inFlight, int limit, long queueNanos, long serviceNanos) {
  /** What is assumed of a node that has not been heard of yet: idle, and as fast as can be. */
  public static final Load UNKNOWN = new Load(0, 1, 0, 0);

  public Load {
    inFlight = Math.max(0, inFlight);
    limit = Math.max(1, limit);
    queueNanos = Math.max(0, queueNanos);
    serviceNanos = Math.max(0, serviceNanos);
  }

  /** Requests in flight for each that it can run at once: above 1, some wait. */
  public double pressure() {
    return (double) inFlight / limit;
  }

  /** How long the node is at work until none waits, where no more come; nanoseconds. */
  public long drainNanos() {
    return Math.round((double) Math.max(0, inFlight - limit) * serviceNanos / limit);
  }

  /**
   * This load once {@code more} further requests are there: what this node sent since, which the
   * report cannot know of.
   */
  public Load plus(int more) {
    if (more <= 0) {
      return this;
    }
    long now = (long) inFlight + more;
    long waiting = Math.max(0, now - limit) - Math.max(0, inFlight - limit);
    // By doubles, whose conversion saturates: a peer may claim any number.
    long queue = (long) (queueNanos + (double) waiting * serviceNanos / limit);
    return new Load((int) Math.min(Integer.MAX_VALUE, now), limit, queue, serviceNanos);
  }
}
