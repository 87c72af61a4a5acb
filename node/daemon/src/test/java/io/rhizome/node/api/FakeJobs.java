// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api;

import io.rhizome.node.jobs.ItemResult;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.JobSpec;
import io.rhizome.node.jobs.JobStatus;
import io.rhizome.node.jobs.Jobs;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Jobs in memory, which run as far as a test says. */
public final class FakeJobs implements Jobs {
  /** When all of them were submitted. */
  public static final long SUBMITTED_MILLIS = 1_700_000_000_000L;

  private final SortedMap<JobId, Kept> uploads = new TreeMap<>();
  private final SortedMap<JobId, Kept> accepted = new TreeMap<>();
  private @Nullable JobException failure;
  private int breaksAt = Integer.MAX_VALUE;
  private int maxItems = Integer.MAX_VALUE;
  private Runnable onStatus = () -> {};

  private static final class Kept {
    final JobSpec spec;
    final List<byte[]> items = new ArrayList<>();
    final SortedMap<Integer, ItemResult> results = new TreeMap<>();
    boolean open;
    boolean cancelled;

    Kept(JobSpec spec) {
      this.spec = spec;
    }

    JobStatus status() {
      int failed = (int) results.values().stream().filter(ItemResult::failed).count();
      JobStatus.State state =
          cancelled
              ? JobStatus.State.CANCELLED
              : results.size() == items.size() ? JobStatus.State.DONE : JobStatus.State.RUNNING;
      List<String> waiting =
          state == JobStatus.State.RUNNING ? List.of("no node is free") : List.of();
      return new JobStatus(
          new Job(spec, items.size(), SUBMITTED_MILLIS),
          state,
          results.size(),
          failed,
          0,
          0,
          waiting);
    }
  }

  /** From now on all calls fail so; null for no longer. */
  public synchronized void fail(JobException.@Nullable Code code) {
    failure = code == null ? null : new JobException(code, "as the test wants: " + code);
  }

  /** Once, the node loses its majority when it is given that item. */
  public synchronized void breakAt(int item) {
    breaksAt = item;
  }

  /** Jobs have no more items than that. */
  public synchronized void maxItems(int most) {
    maxItems = most;
  }

  /** What happens whenever somebody looks at a job. */
  public synchronized void onStatus(Runnable action) {
    onStatus = action;
  }

  /** The items of an accepted job. */
  public synchronized List<byte[]> items(String id) {
    return List.copyOf(kept(new JobId(id)).items);
  }

  /** How many items of that id arrived that are no job yet. */
  public synchronized int arrived(String id) {
    Kept upload = uploads.get(new JobId(id));
    return upload == null ? 0 : upload.items.size();
  }

  /** What an accepted job asks for. */
  public synchronized JobSpec spec(String id) {
    return kept(new JobId(id)).spec;
  }

  /** A job of items that are all empty. */
  public synchronized void add(JobSpec spec, int items) {
    Kept job = new Kept(spec);
    for (int i = 0; i < items; i++) {
      job.items.add(new byte[0]);
    }
    accepted.put(spec.id(), job);
  }

  /** An item ends well. */
  public synchronized void answer(String id, int item, ModelInferResponse answer) {
    put(id, new ItemResult(item, ItemResult.Kind.ANSWER, answer.toByteArray()));
  }

  /** An item fails. */
  public synchronized void failItem(String id, int item, String why) {
    put(id, new ItemResult(item, ItemResult.Kind.ERROR, why.getBytes(StandardCharsets.UTF_8)));
  }

  private void put(String id, ItemResult result) {
    kept(new JobId(id)).results.put(result.item(), result);
  }

  private Kept kept(JobId id) {
    Kept job = accepted.get(id);
    if (job == null) {
      throw new AssertionError("no job " + id);
    }
    return job;
  }

  private Kept known(JobId id) throws JobException {
    check();
    Kept job = accepted.get(id);
    if (job == null) {
      throw new JobException(JobException.Code.NOT_FOUND, "unknown: " + id);
    }
    return job;
  }

  private void check() throws JobException {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public synchronized Upload upload(JobSpec spec, int firstItem) throws JobException {
    check();
    Kept job = accepted.containsKey(spec.id()) ? kept(spec.id()) : uploads.get(spec.id());
    if (job == null) {
      job = new Kept(spec);
      uploads.put(spec.id(), job);
    }
    if (!job.spec.equals(spec) || job.open) {
      throw new JobException(JobException.Code.CONFLICT, "another job has the id " + spec.id());
    }
    if (firstItem > job.items.size()) {
      throw new JobException(
          JobException.Code.INVALID, "first_item: " + job.items.size() + " items are here");
    }
    job.open = true;
    return new Arriving(job, firstItem);
  }

  private final class Arriving implements Upload {
    private final Kept job;
    private int next;

    Arriving(Kept job, int next) {
      this.job = job;
      this.next = next;
    }

    @Override
    public void add(byte[] item) throws JobException {
      synchronized (FakeJobs.this) {
        check();
        if (next == breaksAt) {
          breaksAt = Integer.MAX_VALUE;
          throw new JobException(JobException.Code.UNAVAILABLE, "the majority is gone");
        }
        if (next >= maxItems) {
          throw new JobException(
              JobException.Code.TOO_LARGE, "a job has at most " + maxItems + " items");
        }
        if (next >= job.items.size()) {
          job.items.add(item);
        }
        next++;
      }
    }

    @Override
    public JobStatus accept() throws JobException {
      synchronized (FakeJobs.this) {
        check();
        if (job.items.isEmpty()) {
          throw new JobException(JobException.Code.INVALID, "items: a job has at least one");
        }
        uploads.remove(job.spec.id());
        accepted.put(job.spec.id(), job);
        return job.status();
      }
    }

    @Override
    public void close() {
      synchronized (FakeJobs.this) {
        job.open = false;
      }
    }
  }

  @Override
  public synchronized int uploaded(JobId id, String tenant) throws JobException {
    check();
    Kept upload = uploads.get(id);
    return upload == null ? known(id).items.size() : upload.items.size();
  }

  @Override
  public synchronized List<JobStatus> list() throws JobException {
    check();
    return accepted.values().stream().map(Kept::status).toList();
  }

  @Override
  public synchronized JobStatus status(JobId id) throws JobException {
    onStatus.run();
    return known(id).status();
  }

  @Override
  public synchronized List<ItemResult> results(JobId id, int first, int limit) throws JobException {
    return List.copyOf(known(id).results.subMap(first, first + limit).values());
  }

  @Override
  public synchronized JobStatus cancel(JobId id) throws JobException {
    Kept job = known(id);
    job.cancelled = true;
    return job.status();
  }

  @Override
  public synchronized JobStatus retry(JobId id) throws JobException {
    Kept job = known(id);
    job.cancelled = false;
    job.results.values().removeIf(ItemResult::failed);
    return job.status();
  }
}
