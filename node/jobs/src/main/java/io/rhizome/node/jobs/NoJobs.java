// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.List;

/** A node without jobs: every call fails with {@code UNAVAILABLE}. */
public final class NoJobs implements Jobs {
  @Override
  public Upload upload(JobSpec spec, int firstItem) throws JobException {
    throw off();
  }

  @Override
  public int uploaded(JobId id, String tenant) throws JobException {
    throw off();
  }

  @Override
  public List<JobStatus> list() throws JobException {
    throw off();
  }

  @Override
  public JobStatus status(JobId id) throws JobException {
    throw off();
  }

  @Override
  public List<ItemResult> results(JobId id, int first, int limit) throws JobException {
    throw off();
  }

  @Override
  public JobStatus cancel(JobId id) throws JobException {
    throw off();
  }

  @Override
  public JobStatus retry(JobId id) throws JobException {
    throw off();
  }

  private static JobException off() {
    return new JobException(
        JobException.Code.UNAVAILABLE, "jobs are off at this node: jobs.enabled is false");
  }
}
