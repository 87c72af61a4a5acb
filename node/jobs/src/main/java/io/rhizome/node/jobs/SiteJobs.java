// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import io.rhizome.node.jobs.JobException.Code;
import io.rhizome.node.jobs.JobStatus.State;
import io.rhizome.store.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** A site's jobs: the journal has what was asked for, the store how far it is. */
public final class SiteJobs implements Jobs {
  private static final long OPENING_MILLIS = 20_000;
  private static final long PAUSE_MILLIS = 50;

  private final JobParts parts;
  private final Limits limits;
  private final Runnable added;
  private final Copies copies;
  private final Statuses statuses;
  private final SortedSet<JobId> comingIn = new TreeSet<>();

  /**
   * Limits of one job.
   *
   * @param itemBytes of one item
   * @param jobBytes of all its items
   */
  public record Limits(int itemBytes, long jobBytes) {}

  /** Tells why a job's items wait. */
  public interface Reasons {
    /** Empty where nothing is known to be in the way. */
    List<String> of(Job job);
  }

  /**
   * Jobs on these parts.
   *
   * @param limits of one job
   * @param reasons why a job's items wait, as far as this node knows
   * @param added hears of jobs that were accepted or go on
   */
  public SiteJobs(JobParts parts, Limits limits, Reasons reasons, Runnable added) {
    this.parts = parts;
    this.limits = limits;
    this.statuses = new Statuses(reasons);
    this.added = added;
    this.copies = parts.copies();
  }

  @Override
  public Upload upload(JobSpec spec, int firstItem) throws JobException {
    synchronized (comingIn) {
      if (!comingIn.add(spec.id())) {
        throw new JobException(Code.CONFLICT, "id: job " + spec.id() + " is being submitted now");
      }
    }
    boolean begun = false;
    try {
      Upload upload = begin(spec, firstItem);
      begun = true;
      return upload;
    } catch (IOException e) {
      throw full(e);
    } finally {
      if (!begun) {
        end(spec.id());
      }
    }
  }

  private Upload begin(JobSpec spec, int firstItem) throws IOException, JobException {
    open();
    Optional<Job> known = known(spec.id());
    if (known.isPresent()) {
      if (!known.get().spec().isSameAs(spec)) {
        throw new JobException(
            Code.CONFLICT, "id: another job is called " + spec.id() + "; choose another");
      }
      return new Again(known.get(), firstItem);
    }
    parts.journal().requireRoom(0);
    ItemsFile items = parts.journal().upload(spec.id(), spec.tenant());
    boolean fits = false;
    try {
      if (firstItem == 0) {
        items.clear();
      } else if (firstItem > items.items()) {
        throw new JobException(
            Code.INVALID,
            "first_item: %d items of job %s are here, not %d"
                .formatted(items.items(), spec.id(), firstItem));
      }
      fits = true;
      return new Fresh(spec, items, items.items() - firstItem);
    } finally {
      if (!fits) {
        items.close();
      }
    }
  }

  /** Waits for the store where it is still to be opened; else there must be one now. */
  private void open() throws JobException {
    parts.stores().use();
    long end = parts.clock().getAsLong() + OPENING_MILLIS;
    while (true) {
      boolean opening = parts.stores().isOpening();
      try {
        var unused = parts.stores().current();
        return;
      } catch (JobException e) {
        if (!opening || parts.clock().getAsLong() >= end) {
          throw e;
        }
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new JobException(Code.UNAVAILABLE, "this node stops", e);
      }
    }
  }

  private void end(JobId id) {
    synchronized (comingIn) {
      comingIn.remove(id);
    }
  }

  private Optional<Job> known(JobId id) throws JobException {
    Optional<Job> here = parts.journal().entry(id).map(JournalEntry::job);
    return here.isPresent() || !parts.stores().isUsed()
        ? here
        : parts.stores().current().job(id).map(JobStore.Entry::job);
  }

  private static JobStore.Entry require(JobStore store, JobId id) throws JobException {
    return store.job(id).orElseThrow(() -> unknown(id));
  }

  private static JobException unknown(JobId id) {
    return new JobException(Code.NOT_FOUND, "no job is called " + id);
  }

  /** The store, of which somebody believes that it has that job. */
  private JobStore store(JobId id) throws JobException {
    if (!parts.stores().isUsed()) {
      throw unknown(id);
    }
    return parts.stores().current();
  }

  private static JobException full(IOException e) {
    return new JobException(Code.FULL, "jobs: this node's disk took no more: " + e.getMessage(), e);
  }

  /** A submission that was accepted before, or sealed: what is sent again is not looked at. */
  private final class Again implements Upload {
    private final Job job;
    private int items;

    Again(Job job, int firstItem) {
      this.job = job;
      this.items = firstItem;
    }

    @Override
    public void add(byte[] item) {
      items++;
    }

    @Override
    public JobStatus accept() throws JobException {
      if (items != job.items()) {
        throw new JobException(
            Code.CONFLICT,
            "id: job %s has %d items, not %d; choose another id"
                .formatted(job.id(), job.items(), items));
      }
      return SiteJobs.this.accept(job);
    }

    @Override
    public void close() {
      end(job.id());
    }
  }

  private final class Fresh implements Upload {
    private final JobSpec spec;
    private final ItemsFile items;
    private int skip;

    Fresh(JobSpec spec, ItemsFile items, int skip) {
      this.spec = spec;
      this.items = items;
      this.skip = skip;
    }

    @Override
    public void add(byte[] item) throws JobException {
      if (skip > 0) {
        skip--;
        return;
      }
      if (item.length > limits.itemBytes()) {
        throw new JobException(
            Code.TOO_LARGE,
            "item %d has %d bytes, and may have %d"
                .formatted(items.items(), item.length, limits.itemBytes()));
      }
      if (items.items() == Job.MAX_ITEMS || items.bytes() + item.length > limits.jobBytes()) {
        throw new JobException(
            Code.TOO_LARGE,
            "a job has at most %d items of %d bytes together; split it"
                .formatted(Job.MAX_ITEMS, limits.jobBytes()));
      }
      try {
        items.add(item);
      } catch (IOException e) {
        throw full(e);
      }
    }

    @Override
    public JobStatus accept() throws JobException {
      if (items.items() == 0) {
        throw new JobException(Code.INVALID, "items: a job needs at least one");
      }
      parts.journal().requireRoom(items.bytes());
      Job job = new Job(spec, items.items(), parts.clock().getAsLong());
      try {
        return SiteJobs.this.accept(parts.journal().seal(job, items).job());
      } catch (IOException e) {
        throw full(e);
      }
    }

    @Override
    public void close() {
      try {
        items.close();
      } catch (IOException e) {
        // What was forced is there, and what was not is sent again.
      } finally {
        end(spec.id());
      }
    }
  }

  private JobStatus accept(Job job) throws JobException {
    JobStore store = parts.stores().current();
    Optional<JournalEntry> here = parts.journal().entry(job.id());
    if (here.isPresent()) {
      copies.spread(
          store.site(),
          "job " + job.id(),
          peer -> parts.peers().keep(peer, here.get(), parts.journal()));
    }
    boolean isNew = store.add(job);
    added.run();
    return isNew ? new JobStatus(job, State.RUNNING, 0, 0, 0, 0, List.of()) : status(job.id());
  }

  @Override
  public int uploaded(JobId id, String tenant) throws JobException {
    try {
      Optional<Job> job = known(id);
      return job.isPresent() ? job.get().items() : parts.journal().uploaded(id, tenant);
    } catch (IOException e) {
      throw full(e);
    }
  }

  @Override
  public List<JobStatus> list() throws JobException {
    if (!parts.stores().isUsed()) {
      return List.of();
    }
    return statuses.all(parts.stores().current());
  }

  @Override
  public JobStatus status(JobId id) throws JobException {
    JobStore store = store(id);
    return statuses.of(store, require(store, id));
  }

  @Override
  public List<ItemResult> results(JobId id, int first, int limit) throws JobException {
    JobStore store = store(id);
    Job job = require(store, id).job();
    List<ItemResult> found = new ArrayList<>();
    int end = (int) Math.min(job.items(), (long) first + limit);
    for (int at = Math.max(0, first); at < end; ) {
      Slice slice = job.slice(at / Job.SLICE_ITEMS);
      for (ItemResult result : store.results(slice)) {
        if (result.item() >= at && result.item() < end) {
          found.add(whole(store.site(), job, result));
        }
      }
      at = slice.first() + slice.count();
    }
    return found;
  }

  /** A result with its answer, wherever that is kept. */
  private ItemResult whole(Site site, Job job, ItemResult result) throws JobException {
    if (result.kind() != ItemResult.Kind.STORED) {
      return result;
    }
    Digest digest = Digest.of(result.value());
    try {
      Optional<byte[]> answer = parts.journal().answer(job.id(), digest);
      for (String peer : site.present()) {
        if (answer.isEmpty() && !peer.equals(parts.self())) {
          answer = parts.peers().answer(peer, job.id(), digest);
        }
      }
      return new ItemResult(
          result.item(),
          ItemResult.Kind.ANSWER,
          answer.orElseThrow(
              () ->
                  new JobException(
                      Code.UNAVAILABLE,
                      "the answer to item %d of job %s is at none of the nodes that are here"
                          .formatted(result.item(), job.id()))));
    } catch (IOException e) {
      throw new JobException(
          Code.UNAVAILABLE, "the answer to item " + result.item() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public JobStatus cancel(JobId id) throws JobException {
    JobStore store = store(id);
    store.cancel(require(store, id).job(), true);
    return status(id);
  }

  @Override
  public JobStatus retry(JobId id) throws JobException {
    JobStore store = store(id);
    Job job = require(store, id).job();
    int number = 0;
    for (SliceState state : store.slices(job)) {
      Slice slice = job.slice(number++);
      if (state.phase() == SliceState.Phase.DONE && state.failed() > 0) {
        store.dropFailed(slice);
        var unused = store.change(slice, SliceChange.retry(state));
      }
    }
    store.cancel(job, false);
    added.run();
    return status(id);
  }
}
