// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node's journal and its site's store together, on a thread of its own: fetches jobs that
 * others accepted while this node was away, adds to the store what only the journal has, deletes
 * what has expired, and what lost its id to another job that was submitted at the same time.
 */
public final class Upkeep implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
  private static final long UPLOAD_MILLIS = TimeUnit.HOURS.toMillis(1);

  private final JobParts parts;
  private final JobRunner runner;
  private final Ticker ticker = new Ticker("jobs-upkeep", this::once);

  /** Upkeep of these; {@link #start} begins. */
  public Upkeep(JobParts parts, JobRunner runner) {
    this.parts = parts;
    this.runner = runner;
  }

  /** Begins. */
  public void start() {
    ticker.start();
  }

  void once() throws JobException, IOException {
    long now = parts.clock().getAsLong();
    Journal journal = parts.journal();
    journal.clearUploads(now - UPLOAD_MILLIS);
    JobStore store = parts.stores().current();
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
      if (!peer.equals(parts.self())) {
        try {
          if (parts.peers().fetch(peer, id, parts.journal())) {
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
    ticker.close();
  }
}
