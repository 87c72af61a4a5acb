// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.time.Duration;

/**
 * What a client asks for: one model to run on many items. Immutable.
 *
 * @param id what names it
 * @param tenant whose it is; empty for nobody's
 * @param model the model's name, or a name that policy declares
 * @param version its version counter; 0 for the newest at each run
 * @param priority 0 to {@value #MAX_PRIORITY}; jobs of higher priority run first
 * @param expires how long after it was accepted it is deleted with its results
 * @param source where it comes from
 * @param placement where and when its items run
 */
public record JobSpec(
    JobId id,
    String tenant,
    String model,
    long version,
    int priority,
    Duration expires,
    JobSource source,
    Placement placement) {
  /** Highest priority. */
  public static final int MAX_PRIORITY = 9;

  /** Where nothing else is said. */
  public static final Duration DEFAULT_EXPIRES = Duration.ofDays(7);

  private static final Duration MAX_EXPIRES = Duration.ofDays(365);

  public JobSpec {
    if (model.isEmpty()) {
      throw new IllegalArgumentException("model: a job needs one");
    }
    if (version < 0) {
      throw new IllegalArgumentException("version: 0 for the newest, or its counter");
    }
    if (priority < 0 || priority > MAX_PRIORITY) {
      throw new IllegalArgumentException("priority: 0 to " + MAX_PRIORITY + ", not " + priority);
    }
    if (expires.compareTo(Duration.ofSeconds(1)) < 0 || expires.compareTo(MAX_EXPIRES) > 0) {
      throw new IllegalArgumentException("expires: a second to 365 days, not " + expires);
    }
  }

  /** Whether both are one job, which may be handed in from another region when it is sent again. */
  boolean isSameAs(JobSpec other) {
    JobSource from = new JobSource(source.region(), other.source.site());
    return equals(
        new JobSpec(
            other.id,
            other.tenant,
            other.model,
            other.version,
            other.priority,
            other.expires,
            from,
            other.placement));
  }

  /** A job that comes from nowhere in particular and may run anywhere at any time. */
  public JobSpec(
      JobId id, String tenant, String model, long version, int priority, Duration expires) {
    this(id, tenant, model, version, priority, expires, JobSource.UNKNOWN, Placement.ANY);
  }

  /**
   * A part of this job, as a site hands it to another.
   *
   * @param region where it comes from if this job does not know
   */
  JobSpec handedOver(JobId part, String from, String region, long expiresMillis) {
    Duration left = Duration.ofSeconds(Math.max(1, expiresMillis / 1_000));
    JobSource handed = new JobSource(source.region().isEmpty() ? region : source.region(), from);
    return new JobSpec(part, tenant, model, version, priority, left, handed, placement);
  }
}
