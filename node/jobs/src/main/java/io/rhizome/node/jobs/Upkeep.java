// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node's journal and its site's store together, on a thread of its own: fetches jobs that
 * others accepted while this node was away, adds to the store what only the journal has, deletes
 * what has expired, and what lost its id to another job that was submitted at the same time.
 */
public final class Upkeep implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
  private static final long PERIOD_MILLIS = 1_000;
  private static final long UPLOAD_MILLIS = TimeUnit.HOURS.toMillis(1);

  private final String self;
  private final JobStores stores;
  private final Journal journal;
  private final SitePeers peers;
  private final JobRunner runner;
  private final LongSupplier clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread made = new Thread(work, "jobs-upkeep");
            made.setDaemon(true);
            return made;
          });

  /**
   * Upkeep of these; {@link #start} begins.
   *
   * @param clock milliseconds since the epoch
   */
  public Upkeep(
      String self,
      JobStores stores,
      Journal journal,
      SitePeers peers,
      JobRunner runner,
      LongSupplier clock) {
    this.self = self;
    this.stores = stores;
    this.journal = journal;
    this.peers = peers;
    this.runner = runner;
    this.clock = clock;
  }

  /** Begins. */
  public void start() {
    var unused = thread.scheduleWithFixedDelay(this::tick, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      once();
    } catch (JobException e) {
      log.debug("jobs: {}", e.getMessage());
    } catch (IOException | RuntimeException e) {
      log.warn("jobs: upkeep goes on later: {}", e.getMessage());
    }
  }

  void once() throws JobException, IOException {
    long now = clock.getAsLong();
    journal.clearUploads(now - UPLOAD_MILLIS);
    JobStore store = stores.current();
    SortedMap<JobId, Job> known = new TreeMap<>();
    for (JobStore.Entry entry : store.jobs()) {
      known.put(entry.job().id(), entry.job());
    }
    for (JournalEntry entry : journal.entries()) {
      Job other = known.putIfAbsent(entry.job().id(), entry.job());
      if (other == null && entry.job().expiresMillis() > now) {
        store.add(entry.job());
      } else if (other != null && !other.equals(entry.job())) {
        log.warn(
            "jobs: the site has another job {} than this node, which drops its own", other.id());
        journal.remove(other.id());
      }
    }
    for (Job job : known.values()) {
      if (job.expiresMillis() <= now) {
        store.remove(job);
        journal.remove(job.id());
      } else if (journal.entry(job.id()).isEmpty()) {
        fetch(store.site(), job.id());
      }
    }
    runner.retain(known.keySet());
  }

  private void fetch(Site site, JobId id) throws JobException {
    Optional<IOException> last = Optional.empty();
    for (String peer : site.present()) {
      if (!peer.equals(self)) {
        try {
          if (peers.fetch(peer, id, journal)) {
            runner.wake();
            return;
          }
        } catch (IOException e) {
          last = Optional.of(e);
        }
      }
    }
    last.ifPresent(e -> log.debug("jobs: job {} is fetched later: {}", id, e.getMessage()));
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      var unused = thread.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
