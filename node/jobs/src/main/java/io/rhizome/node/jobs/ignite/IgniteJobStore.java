// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import io.rhizome.node.jobs.ItemResult;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobException.Code;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.JobStore;
import io.rhizome.node.jobs.Site;
import io.rhizome.node.jobs.Slice;
import io.rhizome.node.jobs.SliceChange;
import io.rhizome.node.jobs.SliceResults;
import io.rhizome.node.jobs.SliceState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cache.CacheAtomicityMode;
import org.apache.ignite.cache.CacheWriteSynchronizationMode;
import org.apache.ignite.cache.PartitionLossPolicy;
import org.apache.ignite.cache.affinity.rendezvous.RendezvousAffinityFunction;
import org.apache.ignite.configuration.CacheConfiguration;

/**
 * Jobs in three caches of the site's Ignite cluster: the jobs, their slices' states, and results.
 * Each entry is on up to three nodes, and a write is answered when all of those have it.
 */
final class IgniteJobStore implements JobStore {
  private static final int BACKUPS = 2;

  /** Few: all writes wait while a checkpoint begins, which goes through those of every cache. */
  private static final int PARTITIONS = 16;

  private static final int MAX_KEYS = 1_024;
  private static final int MAX_WRITES = 10;

  private final Ignite ignite;
  private final Supplier<Site> site;
  private final IgniteCache<String, byte[]> jobs;
  private final IgniteCache<String, byte[]> slices;
  private final IgniteCache<String, byte[]> results;

  /** Over a cluster that is active. */
  IgniteJobStore(Ignite ignite, Supplier<Site> site) {
    this.ignite = ignite;
    this.site = site;
    this.jobs = ignite.getOrCreateCache(cache("jobs"));
    this.slices = ignite.getOrCreateCache(cache("slices"));
    this.results = ignite.getOrCreateCache(cache("results"));
  }

  private static CacheConfiguration<String, byte[]> cache(String name) {
    return new CacheConfiguration<String, byte[]>(name)
        .setBackups(BACKUPS)
        .setAtomicityMode(CacheAtomicityMode.ATOMIC)
        .setWriteSynchronizationMode(CacheWriteSynchronizationMode.FULL_SYNC)
        .setReadFromBackup(false)
        .setPartitionLossPolicy(PartitionLossPolicy.READ_WRITE_SAFE)
        .setAffinity(new RendezvousAffinityFunction(false, PARTITIONS))
        .setTopologyValidator(new Majority());
  }

  @Override
  public boolean add(Job job) throws JobException {
    return asked(
        "add job " + job.id(),
        () -> {
          byte[] other =
              jobs.getAndPutIfAbsent(job.id().text(), JobCodec.encode(new Entry(job, false, 0)));
          if (other != null && !isSame(JobCodec.decode(other).job(), job)) {
            throw new JobException(
                Code.CONFLICT, "id: another job is called " + job.id() + "; choose another");
          }
          return other == null;
        });
  }

  /** Whether a submission is that of before, sent again. */
  private static boolean isSame(Job one, Job other) {
    return one.spec().equals(other.spec()) && one.items() == other.items();
  }

  @Override
  public Optional<Entry> job(JobId id) throws JobException {
    return asked(
        "read job " + id, () -> Optional.ofNullable(jobs.get(id.text())).map(JobCodec::decode));
  }

  @Override
  public List<Entry> jobs() throws JobException {
    return asked(
        "list jobs",
        () -> {
          SortedMap<String, Entry> all = new TreeMap<>();
          for (Cache.Entry<String, byte[]> entry : jobs) {
            all.put(entry.getKey(), JobCodec.decode(entry.getValue()));
          }
          return List.copyOf(all.values());
        });
  }

  @Override
  public void cancel(Job job, boolean cancelled) throws JobException {
    boolean known =
        asked(
            "cancel job " + job.id(),
            () -> jobs.invoke(job.id().text(), new Cancellation(cancelled)));
    if (!known) {
      throw new JobException(Code.NOT_FOUND, "no job is called " + job.id());
    }
  }

  @Override
  public List<List<SliceState>> slices(List<Job> jobs) throws JobException {
    return asked(
        "read the slices of jobs",
        () -> {
          Map<String, byte[]> stored = new HashMap<>();
          SortedSet<String> keys = new TreeSet<>();
          for (Job job : jobs) {
            for (int i = 0; i < job.slices(); i++) {
              keys.add(key(job.id(), i));
              if (keys.size() == MAX_KEYS) {
                stored.putAll(slices.getAll(keys));
                keys.clear();
              }
            }
          }
          stored.putAll(slices.getAll(keys));
          return jobs.stream().map(job -> states(job, stored)).toList();
        });
  }

  private static List<SliceState> states(Job job, Map<String, byte[]> stored) {
    List<SliceState> states = new ArrayList<>();
    for (int i = 0; i < job.slices(); i++) {
      byte[] state = stored.get(key(job.id(), i));
      states.add(state == null ? SliceState.NEW : SliceState.decode(state));
    }
    return states;
  }

  @Override
  public Optional<SliceState> change(Slice slice, SliceChange change) throws JobException {
    return asked(
        "change slice " + slice.number() + " of job " + slice.job(),
        () ->
            Optional.ofNullable(slices.invoke(key(slice), new StateChange(change)))
                .map(SliceState::decode));
  }

  @Override
  public void keep(Slice slice, List<ItemResult> kept) throws JobException {
    change(slice, ResultsChange.add(kept));
  }

  @Override
  public void dropFailed(Slice slice) throws JobException {
    change(slice, ResultsChange.dropFailed());
  }

  /**
   * Again where a node came or went meanwhile: where the one with the primary copy is lost, Ignite
   * says that all is well though only some of the other copies were told.
   */
  private void change(Slice slice, ResultsChange change) throws JobException {
    asked(
        "keep results of job " + slice.job(),
        () -> {
          for (int i = 0; i < MAX_WRITES; i++) {
            long before = ignite.cluster().topologyVersion();
            var unused = results.invoke(key(slice), change);
            if (ignite.cluster().topologyVersion() == before) {
              return true;
            }
          }
          throw new JobException(
              Code.UNAVAILABLE, "the site's nodes come and go; results of it are kept later");
        });
  }

  @Override
  public List<ItemResult> results(Slice slice) throws JobException {
    return asked(
        "read results of job " + slice.job(),
        () -> {
          byte[] stored = results.get(key(slice));
          return stored == null ? List.of() : SliceResults.decode(stored);
        });
  }

  @Override
  public void remove(Job job) throws JobException {
    asked(
        "remove job " + job.id(),
        () -> {
          for (int i = 0; i < job.slices(); i++) {
            results.remove(key(job.id(), i));
            slices.remove(key(job.id(), i));
          }
          // Last, so that what was cut short is done again.
          return jobs.remove(job.id().text());
        });
  }

  @Override
  public Site site() {
    return site.get();
  }

  private static String key(Slice slice) {
    return key(slice.job(), slice.number());
  }

  private static String key(JobId job, int number) {
    return job + "/" + number;
  }

  private <T> T asked(String what, Callable<T> call) throws JobException {
    try {
      return call.call();
    } catch (JobException e) {
      throw e;
    } catch (IgniteException | CacheException | IllegalStateException e) {
      throw new JobException(Code.UNAVAILABLE, "cannot " + what + " now: " + why(e), e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private String why(Exception e) {
    Site now = site.get();
    long here = now.present().stream().filter(name -> now.all().contains(name)).count();
    return here < Majority.wanted(now.all().size())
        ? "only %d of the site's %d nodes are here".formatted(here, now.all().size())
        : String.valueOf(e.getMessage());
  }
}
