// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import io.rhizome.node.jobs.ItemRunner.Answered;
import io.rhizome.node.jobs.ItemRunner.Failed;
import io.rhizome.node.jobs.ItemRunner.Later;
import io.rhizome.node.jobs.ItemRunner.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what a site's jobs have to run, at this node: a few threads that each claim a slice, run its
 * items at once, keep their results and say that it is done. Where the store goes away they stop at
 * once, and what they had claimed is claimed by others.
 */
public final class JobRunner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JobRunner.class);
  private static final int THREADS = 2;
  private static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long RENEW_MILLIS = 5_000;
  private static final long IDLE_MILLIS = 500;
  private static final int TRIES = 3;
  private static final int AT_ONCE = 2;
  private static final long PAUSE_MILLIS = 1;

  private final JobParts parts;
  private final ItemRunner items;
  private final Answers answers;
  private final Claims claims;
  private final List<Thread> threads = new ArrayList<>();
  private final Semaphore wake = new Semaphore(0);
  private volatile boolean closed;

  /**
   * Runs that site's jobs; {@link #start} begins.
   *
   * @param conditions what must hold before items begin here
   */
  public JobRunner(JobParts parts, ItemRunner items, Conditions conditions) {
    this.parts = parts;
    this.items = items;
    this.answers = parts.answers();
    this.claims = new Claims(parts.self(), parts.journal(), conditions, LEASE_NANOS);
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(this::work, "jobs-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
  }

  /** Begins to run. */
  public void start() {
    threads.forEach(Thread::start);
  }

  /** Looks for work at once. Any thread. */
  public void wake() {
    wake.release(THREADS);
  }

  /** Why a job's items wait, as far as this node tried them or may not begin them. */
  public List<String> waiting(Job job) {
    return claims.waiting(job);
  }

  private void work() {
    while (!closed) {
      boolean found = false;
      try {
        found = step();
      } catch (JobException e) {
        log.debug("jobs: {}", e.getMessage());
      } catch (IOException | RuntimeException e) {
        log.warn("jobs: a slice could not be run: {}", e.getMessage(), e);
      } catch (InterruptedException e) {
        // Closed.
        return;
      }
      if (!found) {
        rest();
      }
    }
  }

  private void rest() {
    try {
      var unused = wake.tryAcquire(IDLE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private boolean step() throws JobException, IOException, InterruptedException {
    JobStore store = parts.stores().current();
    Optional<Claims.Claim> claim = claims.next(System.nanoTime(), store);
    if (claim.isEmpty()) {
      return false;
    }
    try {
      run(store, claim.get());
    } finally {
      claims.onEnd(claim.get().slice());
    }
    return true;
  }

  /** Runs a slice's items until each has a result, or it is clear that some must wait. */
  private void run(JobStore store, Claims.Claim claim)
      throws JobException, IOException, InterruptedException {
    Job job = claim.entry().job();
    Slice slice = claim.slice();
    SortedMap<Integer, ItemResult> results = new TreeMap<>();
    if (claim.state().attempts() > 1 || claim.state().beat() > 1) {
      store.results(slice).forEach(result -> results.put(result.item(), result));
    }
    List<byte[]> items = parts.journal().items(claim.entry(), slice.number());
    Running running = new Running(store, slice, claim.state());
    String later = "";
    for (int i = 0; i < TRIES && results.size() < slice.count(); i++) {
      later = attempt(running, job, items, results);
    }
    if (!results.isEmpty()) {
      // What another began may not be on all copies.
      store.keep(slice, List.copyOf(results.values()));
    }
    if (results.size() == slice.count()) {
      int failed = (int) results.values().stream().filter(ItemResult::failed).count();
      var unused = store.change(slice, SliceChange.finish(running.state, failed));
      claims.onDone(job.id());
    } else {
      var unused = store.change(slice, SliceChange.release(running.state));
      claims.onLater(job.id(), later, System.nanoTime());
    }
  }

  /** A claim that is kept up while its items run. */
  private static final class Running {
    private final JobStore store;
    private final Slice slice;
    private SliceState state;

    Running(JobStore store, Slice slice, SliceState state) {
      this.store = store;
      this.slice = slice;
      this.state = state;
    }

    void renew() throws JobException {
      state =
          store
              .change(slice, SliceChange.renew(state))
              .orElseThrow(
                  () ->
                      new JobException(
                          JobException.Code.CONFLICT, "another node took " + slice + " over"));
    }
  }

  /**
   * Runs those that have no result together, but a few at first, and each other when one has ended
   * or a moment later: an interactive request should not find all of them before it at every event
   * loop. Gives why the last of those that must wait does.
   */
  private String attempt(
      Running running, Job job, List<byte[]> items, SortedMap<Integer, ItemResult> results)
      throws JobException, IOException, InterruptedException {
    SortedMap<Integer, CompletableFuture<Outcome>> open = new TreeMap<>();
    Semaphore places = new Semaphore(AT_ONCE);
    for (int i = 0; i < items.size(); i++) {
      int item = running.slice.first() + i;
      if (!results.containsKey(item)) {
        var unused = places.tryAcquire(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        CompletableFuture<Outcome> run = this.items.run(job, items.get(i));
        open.put(item, run.whenComplete((outcome, failure) -> places.release()));
      }
    }
    await(running, open);
    String later = "";
    for (var each : open.entrySet()) {
      Outcome outcome = each.getValue().join();
      if (outcome instanceof Answered answered) {
        results.put(
            each.getKey(), answers.kept(running.store, job, each.getKey(), answered.answer()));
      } else if (outcome instanceof Failed failed) {
        results.put(each.getKey(), ItemResult.error(each.getKey(), failed.why()));
      } else {
        later = ((Later) outcome).why();
      }
    }
    return later;
  }

  private static void await(Running running, SortedMap<Integer, CompletableFuture<Outcome>> open)
      throws JobException, InterruptedException {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(open.values().toArray(CompletableFuture[]::new));
    while (true) {
      try {
        var unused = all.get(RENEW_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        running.renew();
      } catch (ExecutionException e) {
        throw new IllegalStateException("an item's run broke", e.getCause());
      }
    }
  }

  /** Forgets what it knew of jobs that are no more. */
  void retain(Set<JobId> jobs) {
    claims.retain(jobs);
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
