// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobException.Code;
import io.rhizome.node.jobs.JobStore;
import io.rhizome.node.jobs.JobStores;
import io.rhizome.node.jobs.Site;
import io.rhizome.node.jobs.ignite.SitePlan.Action;
import io.rhizome.node.jobs.ignite.SitePlan.Kind;
import io.rhizome.node.jobs.ignite.SitePlan.Ring;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ignite.IgniteException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part of the site's cluster: does what {@link SitePlan} says, on one thread of its
 * own. Nothing is opened until a job is submitted at this node or a neighbour has some.
 *
 * <p>Ignite refuses a node whose store and the cluster's went different ways. Such a store is read
 * alone, its results are written to a file and added to the cluster's store later; then it is set
 * aside and the node begins with an empty one. So is a store that cannot be read at all, whose jobs
 * the other nodes have.
 */
public final class IgniteSite implements JobStores, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IgniteSite.class);
  private static final long TICK_MILLIS = 250;
  private static final long MAX_PAUSE_NANOS = 30_000_000_000L;
  private static final long MIN_PAUSE_NANOS = 1_000_000_000L;
  private static final long STOP_SECONDS = 30;

  private final SiteNode node;
  private final StoreFiles files;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread made = new Thread(work, "jobs-site");
            made.setDaemon(true);
            return made;
          });

  private volatile Current current = new Current(null, null, "the job store is starting");
  private volatile boolean used;
  private volatile boolean opening = true;
  private SitePlan plan;
  private @Nullable Cluster cluster;
  private final AtomicLong spell = new AtomicLong();
  private boolean carries;
  private long pauseNanos = MIN_PAUSE_NANOS;
  private long pausedUntilNanos;

  /** What other threads see, all of one moment. */
  private record Current(@Nullable JobStore store, @Nullable Ring ring, String reason) {}

  /** Takes part in a site; {@link #start} begins. */
  public IgniteSite(SiteNode node) throws IOException {
    this.node = node;
    this.files = new StoreFiles(node.directory());
    Files.createDirectories(node.directory());
    this.plan = plan();
    this.pausedUntilNanos = System.nanoTime();
    this.used = files.isFounded();
  }

  private SitePlan plan() {
    return new SitePlan(node.name(), files.isFounded(), node.gone().toNanos(), System.nanoTime());
  }

  /** Begins, in the background. */
  public void start() {
    var unused = thread.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public JobStore current() throws JobException {
    Current now = current;
    if (now.store() == null) {
      boolean full = StartFailure.isFull(now.reason());
      throw new JobException(full ? Code.FULL : Code.UNAVAILABLE, now.reason());
    }
    return now.store();
  }

  @Override
  public boolean isUsed() {
    return used;
  }

  @Override
  public boolean isOpening() {
    return opening;
  }

  @Override
  public void use() {
    used = true;
  }

  /** What this node tells its neighbours. Any thread. */
  public Neighbour.Part part() {
    Ring ring = current.ring();
    return new Neighbour.Part(
        InetSocketAddress.createUnresolved(node.host(), node.discoveryPort()),
        used,
        Optional.ofNullable(ring).map(Ring::group));
  }

  private void tick() {
    try {
      Collection<Neighbour> neighbours = node.neighbours().get();
      if (!used && neighbours.stream().noneMatch(IgniteSite::uses)) {
        return;
      }
      used = true;
      Cluster now = cluster;
      if (now != null && now.failure() != null) {
        restart("it cannot go on: " + now.failure());
      } else if (System.nanoTime() - pausedUntilNanos >= 0) {
        follow(now, neighbours);
      }
    } catch (IOException | RuntimeException e) {
      pause("the job store cannot go on: " + e.getMessage());
    }
  }

  private static boolean uses(Neighbour neighbour) {
    return neighbour.said().map(Neighbour.Part::used).orElse(false);
  }

  private void follow(@Nullable Cluster now, Collection<Neighbour> neighbours) throws IOException {
    Optional<Ring> ring = Optional.ofNullable(now).map(Cluster::ring);
    Action action = plan.next(System.nanoTime(), neighbours, ring);
    if (now == null) {
      if (action.kind() == Kind.START) {
        begin();
      }
      return;
    }
    switch (action.kind()) {
      case RESTART -> restart("this node was cut off from its site");
      case MERGE -> merge(now);
      case ACTIVATE -> now.activate();
      case COUNT -> {
        log.info("jobs: the site's nodes are {}", action.counted());
        now.count(action.counted());
      }
      case START, NOTHING -> {}
    }
    if (cluster == now) {
      see(now);
    }
  }

  /** Has other threads see how it is. */
  private void see(Cluster now) throws IOException {
    Ring ring = now.ring();
    if (!ring.active()) {
      current =
          new Current(
              null,
              ring,
              "the job store waits for more of its nodes: %d of %d are here"
                  .formatted(ring.here(), ring.counted().size()));
      return;
    }
    JobStore store = current.store();
    if (store == null && ring.group().writes()) {
      store = now.store(this::site);
      carries = true;
      pauseNanos = MIN_PAUSE_NANOS;
      log.info("jobs: the store is open, with {}", ring.present());
    }
    current = new Current(store, ring, "the job store is starting");
    opening &= store == null;
    if (store != null && carries && ring.group().writes()) {
      carries = !carryOver(store);
    }
  }

  private Site site() {
    Ring ring = current.ring();
    return ring == null
        ? new Site(spell.get(), new TreeSet<>(), new TreeSet<>())
        : new Site(spell.get(), ring.present(), ring.counted());
  }

  private void begin() throws IOException {
    Optional<String> fault = files.probe();
    if (fault.isPresent()) {
      // That is known at once; to have Ignite find out costs seconds of a core.
      pause("the job store cannot be written: " + fault.get(), MIN_PAUSE_NANOS);
      opening = false;
      return;
    }
    spell.incrementAndGet();
    try {
      cluster = Cluster.start(node, files.ignite(), false);
    } catch (IgniteException e) {
      if (StartFailure.of(e) == StartFailure.WENT_ANOTHER_WAY) {
        log.warn("jobs: the site's store went another way than this node's while they were apart");
        salvage();
      } else if (StartFailure.of(e) == StartFailure.DAMAGED) {
        log.warn("jobs: the store is damaged: {}", StartFailure.reason(e));
        setAside();
      } else {
        pause("the job store did not start: " + StartFailure.reason(e));
      }
    }
  }

  /** Reads the store alone and writes what the site's may not have. */
  private void salvage() throws IOException {
    try (Cluster alone = Cluster.start(node, files.ignite(), true)) {
      alone.activate();
      alone.acceptLosses();
      Ring ring = alone.ring();
      Site site = new Site(spell.get(), ring.present(), ring.counted());
      Carried.write(alone.store(() -> site), files.newCarried(System.currentTimeMillis()));
    } catch (IgniteException | JobException e) {
      log.warn("jobs: its results could not be read and will be made anew: {}", e.getMessage());
    }
    setAside();
  }

  private void setAside() throws IOException {
    Path aside = files.setAside(System.currentTimeMillis());
    log.warn("jobs: it was set aside in {}; this node begins with an empty one", aside);
    plan = plan();
  }

  /** Gives way to the site's other cluster, taking along what was done here. */
  private void merge(Cluster now) throws IOException {
    log.info("jobs: two parts of the site found each other; this one joins the other");
    try {
      Carried.write(now.store(this::site), files.newCarried(System.currentTimeMillis()));
    } catch (JobException e) {
      log.warn("jobs: results of this part could not be read: {}", e.getMessage());
    }
    restart("this node joins the rest of its site");
    if (files.isFounded()) {
      setAside();
    }
  }

  private void restart(String reason) {
    log.info("jobs: the store begins anew: {}", reason);
    current = new Current(null, null, "the job store begins anew: " + reason);
    Cluster old = cluster;
    cluster = null;
    if (old != null) {
      old.close();
    }
    plan = plan();
    if (old != null && old.failure() != null) {
      pause(current.reason());
    }
  }

  private void pause(String reason) {
    pause(reason, pauseNanos);
    pauseNanos = Math.min(MAX_PAUSE_NANOS, 2 * pauseNanos);
  }

  /** Tries again after that; says so where the reason is another than last time. */
  private void pause(String reason, long nanos) {
    if (!reason.equals(current.reason())) {
      log.warn("jobs: {}", reason);
    }
    current = new Current(null, null, reason);
    pausedUntilNanos = System.nanoTime() + nanos;
  }

  /** Adds results from before; false where that has to be tried again. */
  private boolean carryOver(JobStore store) throws IOException {
    for (Path file : files.carried()) {
      try {
        int slices = Carried.add(file, store);
        log.info("jobs: added the results of {} slices from before", slices);
        Files.delete(file);
      } catch (JobException e) {
        log.info("jobs: results from before are added later: {}", e.getMessage());
        return false;
      } catch (IOException | IllegalArgumentException e) {
        log.warn("jobs: {} cannot be read and is left: {}", file, e.getMessage());
      }
    }
    return true;
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      var unused = thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Cluster last = cluster;
    if (last != null) {
      last.close();
    }
  }
}
