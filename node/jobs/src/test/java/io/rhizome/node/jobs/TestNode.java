// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import io.rhizome.store.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Nodes of a site in this process, over one store in memory. */
final class TestNode implements AutoCloseable {
  static final long NOW = 1_000_000;

  final Journal journal;
  final SiteJobs jobs;
  final JobRunner runner;
  final Upkeep upkeep;
  final AtomicLong clock = new AtomicLong(NOW);

  /** What must hold before items begin. */
  volatile Conditions conditions = Conditions.NONE;

  private final JobParts parts;
  private final ExecutorService executor = Executors.newCachedThreadPool();

  TestNode(String name, Path directory, JobStore store, Nodes nodes, ItemRunner items)
      throws IOException {
    journal = Journal.open(directory, 1 << 20, warning -> {});
    nodes.journals.put(name, journal);
    SitePeers peers = nodes.seenBy(name);
    parts = new JobParts(name, stores(store), journal, peers, clock::get, executor);
    runner = new JobRunner(parts, items, job -> conditions.whyNot(job));
    jobs =
        new SiteJobs(parts, new SiteJobs.Limits(100_000, 500_000), runner::waiting, runner::wake);
    upkeep = new Upkeep(parts, runner);
  }

  /** What has other sites work for this one, which is called so. */
  Offloader offloader(String site, OtherSites others) {
    return new Offloader(parts, site, "alps", others);
  }

  private static JobStores stores(JobStore store) {
    return new JobStores() {
      @Override
      public JobStore current() {
        return store;
      }

      @Override
      public boolean isUsed() {
        return true;
      }

      @Override
      public boolean isOpening() {
        return false;
      }

      @Override
      public void use() {}
    };
  }

  @Override
  public void close() {
    runner.close();
    executor.shutdownNow();
  }

  /** Who is there; those that are cut off cannot be reached. */
  static final class Nodes {
    final Map<String, Journal> journals = new ConcurrentSkipListMap<>();
    final Set<String> cut = ConcurrentHashMap.newKeySet();

    private Journal of(String peer) throws IOException {
      Journal journal = journals.get(peer);
      if (cut.contains(peer) || journal == null) {
        throw new IOException(peer + " cannot be reached");
      }
      return journal;
    }

    private static void copy(JournalEntry entry, Journal from, Journal to) throws IOException {
      try (Journal.Arrival arrival = to.receive(JournalEntry.decode(entry.encode()))) {
        from.read(entry, arrival::add);
        arrival.commit();
      } catch (JobException e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    /** The others, by calls within this process. */
    SitePeers seenBy(String self) {
      return new SitePeers() {
        @Override
        public SortedSet<String> reached() {
          SortedSet<String> others = new TreeSet<>(journals.keySet());
          others.remove(self);
          return others;
        }

        @Override
        public void keep(String peer, JournalEntry entry, Journal from) throws IOException {
          copy(entry, from, of(peer));
        }

        @Override
        public boolean fetch(String peer, JobId id, Journal into) throws IOException {
          Optional<JournalEntry> entry = of(peer).entry(id);
          if (entry.isPresent()) {
            copy(entry.get(), of(peer), into);
          }
          return entry.isPresent();
        }

        @Override
        public void keepAnswer(String peer, JobId id, Digest digest, byte[] answer)
            throws IOException {
          of(peer).keepAnswer(id, digest, answer);
        }

        @Override
        public Optional<byte[]> answer(String peer, JobId id, Digest digest) throws IOException {
          return of(peer).answer(id, digest);
        }
      };
    }
  }
}
