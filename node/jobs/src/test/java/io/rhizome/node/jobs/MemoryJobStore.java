// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A store in memory, of a site whose nodes are as the test says. */
final class MemoryJobStore implements JobStore {
  private final SortedMap<JobId, Entry> jobs = new TreeMap<>();
  private final Map<String, SliceState> slices = new TreeMap<>();
  private final Map<String, List<ItemResult>> results = new TreeMap<>();
  private Site site;
  private int lists;
  private boolean breaks;

  MemoryJobStore(String... nodes) {
    this.site = new Site(1, new TreeSet<>(List.of(nodes)), new TreeSet<>(List.of(nodes)));
  }

  synchronized void present(String... nodes) {
    site = new Site(site.spell(), new TreeSet<>(List.of(nodes)), site.all());
  }

  /** Begins anew, and knows nothing of how far jobs are. */
  synchronized void beginAnew() {
    site = new Site(site.spell() + 1, site.present(), site.all());
    slices.clear();
    results.clear();
  }

  /** The next change is made, but nobody is told. */
  synchronized void breakAfterChange() {
    breaks = true;
  }

  /** How often all jobs were listed. */
  synchronized int lists() {
    return lists;
  }

  @Override
  public synchronized boolean add(Job job) throws JobException {
    Entry other = jobs.putIfAbsent(job.id(), new Entry(job, false, 0));
    if (other != null && !other.job().spec().equals(job.spec())) {
      throw new JobException(JobException.Code.CONFLICT, "id");
    }
    return other == null;
  }

  @Override
  public synchronized Optional<Entry> job(JobId id) {
    return Optional.ofNullable(jobs.get(id));
  }

  @Override
  public synchronized List<Entry> jobs() {
    lists++;
    return List.copyOf(jobs.values());
  }

  @Override
  public synchronized void cancel(Job job, boolean cancelled) {
    jobs.computeIfPresent(job.id(), (id, entry) -> entry.cancelled(cancelled));
  }

  @Override
  public synchronized List<List<SliceState>> slices(List<Job> jobs) {
    return jobs.stream().map(this::states).toList();
  }

  private List<SliceState> states(Job job) {
    List<SliceState> states = new ArrayList<>();
    for (int i = 0; i < job.slices(); i++) {
      states.add(slices.getOrDefault(key(job.slice(i)), SliceState.NEW));
    }
    return states;
  }

  @Override
  public synchronized Optional<SliceState> change(Slice slice, SliceChange change)
      throws JobException {
    Optional<SliceState> after = slices.getOrDefault(key(slice), SliceState.NEW).after(change);
    after.ifPresent(state -> slices.put(key(slice), state));
    if (breaks) {
      breaks = false;
      throw new JobException(JobException.Code.UNAVAILABLE, "no answer");
    }
    return after;
  }

  @Override
  public synchronized void keep(Slice slice, List<ItemResult> kept) {
    results.merge(key(slice), kept, SliceResults::merge);
  }

  @Override
  public synchronized List<ItemResult> results(Slice slice) {
    return results.getOrDefault(key(slice), List.of());
  }

  @Override
  public synchronized void dropFailed(Slice slice) {
    results.computeIfPresent(key(slice), (key, all) -> SliceResults.good(all));
  }

  @Override
  public synchronized void remove(Job job) {
    jobs.remove(job.id());
    slices.keySet().removeIf(key -> key.startsWith(job.id() + "/"));
    results.keySet().removeIf(key -> key.startsWith(job.id() + "/"));
  }

  @Override
  public synchronized Site site() {
    return site;
  }

  private static String key(Slice slice) {
    return slice.job() + "/" + slice.number();
  }
}
