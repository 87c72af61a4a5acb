// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api;

import io.rhizome.node.jobs.ItemResult;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.Jobs;
import java.util.List;

/**
 * A job's results in the order of items, a few at a time: one at first and after large ones, then
 * twice as many each time. One thread at a time; calls block.
 */
public final class ResultPages {
  private static final int PAGE_ITEMS = 64;
  private static final long LARGE_BYTES = 1 << 20;

  private final Jobs jobs;
  private final Job job;
  private final boolean failedOnly;
  private int next;
  private int wanted = 1;

  ResultPages(Jobs jobs, Job job, int first, boolean failedOnly) {
    this.jobs = jobs;
    this.job = job;
    this.next = first;
    this.failedOnly = failedOnly;
  }

  /** Whether all were read. */
  public boolean ended() {
    return next >= job.items();
  }

  /** The next ones, at most {@value #PAGE_ITEMS}; may be none though more follow. */
  public List<ItemResult> next() throws JobException {
    if (ended()) {
      return List.of();
    }
    List<ItemResult> page = jobs.results(job.id(), next, wanted);
    next += wanted;
    long bytes = page.stream().mapToLong(result -> result.value().length).sum();
    wanted = bytes > LARGE_BYTES ? 1 : Math.min(2 * wanted, PAGE_ITEMS);
    return failedOnly ? page.stream().filter(ItemResult::failed).toList() : page;
  }
}
