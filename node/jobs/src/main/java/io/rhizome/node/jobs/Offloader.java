// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has other sites work on parts of this site's jobs, as {@link OffloadPlan} says, and fetches what
 * came of it, on a thread of its own. While a site is cut off it works on what it was given, and
 * its results are fetched once it is reached again. What is away is claimed in the store like any
 * slice (see {@link Offload}); of a job one node of this site does it, and where two do each result
 * is kept once. A part that the other site does not know, or gave up, is done anew.
 */
public final class Offloader implements Conditions, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Offloader.class);
  private static final long RENEW_MILLIS = 60_000;
  private static final long REFUSED_MILLIS = 30_000;
  private static final int PAGE_SLICES = 16;

  private final JobParts parts;
  private final String site;
  private final String region;
  private final OtherSites sites;
  private final Answers answers;
  private final OpenJobs jobs;

  /** What this node found of a job the last time that it looked. */
  private final Map<JobId, Seen> seen = new ConcurrentHashMap<>();

  private final Map<String, Long> refused = new HashMap<>();
  private final Map<Offload, Renewal> renewed = new TreeMap<>();
  private final Ticker ticker = new Ticker("jobs-offload", this::once);

  /** When a part's claim was renewed last, and how many of its items were done then. */
  private record Renewal(long atMillis, int done) {}

  private record Seen(Optional<String> elsewhere, List<String> away) {}

  /**
   * For this site; {@link #start} begins.
   *
   * @param site what it is called; where it has no name nothing is handed over
   * @param region where items come from whose job does not know
   */
  public Offloader(JobParts parts, String site, String region, OtherSites sites) {
    this.parts = parts;
    this.site = site;
    this.region = region;
    this.sites = sites;
    this.answers = parts.answers();
    this.jobs = new OpenJobs(parts.journal());
  }

  /** Begins. */
  public void start() {
    if (!site.isEmpty()) {
      ticker.start();
    }
  }

  /** Where another site works on a job, or on a part of it, and what is waited for. */
  public List<String> waiting(Job job) {
    Seen last = seen.get(job.id());
    return last == null ? List.of() : last.away();
  }

  @Override
  public Optional<String> whyNot(Job job) {
    Seen last = seen.get(job.id());
    return last == null ? Optional.empty() : last.elsewhere();
  }

  /** Looks at every open job once. */
  void once() throws JobException, IOException {
    JobStore store = parts.stores().current();
    SortedSet<JobId> open = new TreeSet<>();
    Set<Offload> away = new TreeSet<>();
    for (OpenJobs.Open each : jobs.list(store)) {
      open.add(each.job().id());
      List<OtherSites.Offer> offers = offers(each.job());
      if (isWorthALook(each.job(), offers)) {
        away.addAll(look(store, each, offers));
      }
    }
    seen.keySet().retainAll(open);
    renewed.keySet().retainAll(away);
  }

  /** To read all its slices takes time: not where no other site can have a part. */
  private boolean isWorthALook(Job job, List<OtherSites.Offer> offers) {
    Seen last = seen.get(job.id());
    boolean alone = offers.stream().allMatch(offer -> offer.site().isEmpty());
    return !alone || last == null || !last.away().isEmpty() || last.elsewhere().isPresent();
  }

  private Set<Offload> look(JobStore store, OpenJobs.Open each, List<OtherSites.Offer> offers)
      throws JobException, IOException {
    Job job = each.job();
    boolean cancelled = each.entry().cancelled();
    List<SliceState> states = store.slices(job);
    if (states.stream().allMatch(state -> state.phase() == SliceState.Phase.DONE)) {
      jobs.onDone(each.entry());
    }
    SortedMap<Offload, List<Integer>> away = new TreeMap<>();
    for (int i = 0; i < states.size(); i++) {
      int number = i;
      Offload.of(states.get(i))
          .ifPresent(to -> away.computeIfAbsent(to, none -> new ArrayList<>()).add(number));
    }
    Set<String> busy = new TreeSet<>();
    away.keySet().forEach(to -> busy.add(to.site()));
    OffloadPlan plan = OffloadPlan.of(job, offers, open(states), busy);
    boolean mine = isMine(store.site(), job);
    List<String> reasons = new ArrayList<>();
    for (Map.Entry<Offload, List<Integer>> slices : away.entrySet()) {
      Away part = new Away(store, job, slices.getKey(), slices.getValue(), states);
      if (!mine || follow(part, cancelled) > 0) {
        reasons.add(waiting(part));
      }
    }
    seen.put(job.id(), new Seen(plan.elsewhere(), List.copyOf(reasons)));
    if (mine && !cancelled) {
      for (Map.Entry<String, Integer> share : plan.shares().entrySet()) {
        handOver(store, each.items(), states, share.getKey(), share.getValue());
      }
    }
    return away.keySet();
  }

  private static int open(List<SliceState> states) {
    return (int) states.stream().filter(Offloader::isOpen).count();
  }

  private static boolean isOpen(SliceState state) {
    return state.phase() == SliceState.Phase.OPEN;
  }

  private List<OtherSites.Offer> offers(Job job) {
    long now = parts.clock().getAsLong();
    refused.values().removeIf(at -> now - at >= REFUSED_MILLIS);
    return sites.offers(job).stream().filter(offer -> !refused.containsKey(offer.site())).toList();
  }

  /** One node at a time looks after a job. */
  private boolean isMine(Site now, Job job) {
    List<String> present = List.copyOf(now.present());
    return !present.isEmpty()
        && present
            .get(Math.floorMod(job.id().text().hashCode(), present.size()))
            .equals(parts.self());
  }

  /** A part that another site works on: those of its slices that are not done. */
  private record Away(
      JobStore store, Job job, Offload to, List<Integer> slices, List<SliceState> states) {
    int items() {
      return slices.stream().mapToInt(number -> job.slice(number).count()).sum();
    }

    void change(int number, SliceChange change) throws JobException {
      var unused = store.change(job.slice(number), change);
    }

    void release() throws JobException {
      for (int number : slices) {
        change(number, SliceChange.release(states.get(number)));
      }
    }
  }

  /** Fetches what is there of a part; gives how many of its slices are not done. */
  private int follow(Away part, boolean cancelled) throws JobException, IOException {
    Offload to = part.to();
    try {
      Optional<OtherSites.Progress> progress = sites.progress(to.site(), to.job());
      if (cancelled && progress.isPresent()) {
        sites.cancel(to.site(), to.job());
      }
      if (cancelled || progress.isEmpty() || progress.get().cancelled()) {
        part.release();
        return 0;
      }
      return fetch(part, progress.get().done());
    } catch (IOException e) {
      log.debug("jobs: site {}: {}", to.site(), e.getMessage());
      return part.slices().size();
    }
  }

  private String waiting(Away part) {
    String at = "%d items are at site %s".formatted(part.items(), part.to().site());
    return sites.reaches(part.to().site()) ? at : at + ", to which there is no link now";
  }

  /** Keeps the results of slices that are done there; gives how many are not. */
  private int fetch(Away part, int done) throws JobException, IOException {
    int left = 0;
    long now = parts.clock().getAsLong();
    // One in which nothing is done any more is not renewed, and goes home once its lease is over.
    Renewal last = renewed.get(part.to());
    boolean renews = last == null || (now - last.atMillis() >= RENEW_MILLIS && done > last.done());
    int before = doneBefore(part);
    for (int from = 0; from < part.slices().size(); from += PAGE_SLICES) {
      List<Integer> page =
          part.slices().subList(from, Math.min(part.slices().size(), from + PAGE_SLICES));
      Map<Integer, List<ItemResult>> results = done > before ? results(part, page) : Map.of();
      for (int number : page) {
        List<ItemResult> found = results.getOrDefault(number, List.of());
        SliceState state = part.states().get(number);
        if (found.size() == part.job().slice(number).count()) {
          part.store().keep(part.job().slice(number), found);
          int failed = (int) found.stream().filter(ItemResult::failed).count();
          part.change(number, SliceChange.finish(state, failed));
        } else {
          left++;
          if (renews) {
            part.change(number, SliceChange.renew(state));
          }
        }
      }
    }
    if (renews) {
      renewed.put(part.to(), new Renewal(now, done));
    }
    return left;
  }

  /** Items of the whole part that were fetched before. */
  private static int doneBefore(Away part) {
    int done = 0;
    for (int i = part.to().base(); i < part.states().size(); i++) {
      SliceState state = part.states().get(i);
      if (!state.owner().equals(part.to().owner())) {
        break;
      }
      done += state.phase() == SliceState.Phase.DONE ? part.job().slice(i).count() : 0;
    }
    return done;
  }

  /** Results by slice, as this site counts items; slices from the first to the last of these. */
  private Map<Integer, List<ItemResult>> results(Away part, List<Integer> page)
      throws JobException, IOException {
    Offload to = part.to();
    Slice last = part.job().slice(page.get(page.size() - 1));
    int first = part.job().slice(page.get(0)).first();
    Map<Integer, List<ItemResult>> found = new TreeMap<>();
    for (ItemResult theirs :
        sites.results(
            to.site(), to.job(), first - to.first(), last.first() + last.count() - first)) {
      int item = theirs.item() + to.first();
      int slice = item / Job.SLICE_ITEMS;
      if (page.contains(slice)) {
        ItemResult own =
            theirs.failed()
                ? new ItemResult(item, ItemResult.Kind.ERROR, theirs.value())
                : answers.kept(part.store(), part.job(), item, theirs.value());
        found.computeIfAbsent(slice, none -> new ArrayList<>()).add(own);
      }
    }
    return found;
  }

  /** Claims the last run of slices that nobody works on for that site, and sends them there. */
  private void handOver(
      JobStore store, JournalEntry items, List<SliceState> states, String other, int most)
      throws JobException {
    Job job = items.job();
    int end = states.size();
    while (end > 0 && !isOpen(states.get(end - 1))) {
      end--;
    }
    int base = end;
    while (base > 0 && end - base < most && isOpen(states.get(base - 1))) {
      base--;
    }
    if (base == end) {
      return;
    }
    Offload to = Offload.of(site, other, job, base, states.get(base));
    int claimed = base;
    while (claimed < end && claim(store, job.slice(claimed), to, states)) {
      claimed++;
    }
    if (claimed > base) {
      send(store, items, states, to, claimed);
    }
  }

  private static boolean claim(JobStore store, Slice slice, Offload to, List<SliceState> states)
      throws JobException {
    Optional<SliceState> mine =
        store.change(slice, SliceChange.claim(to.owner(), states.get(slice.number())));
    mine.ifPresent(state -> states.set(slice.number(), state));
    return mine.isPresent();
  }

  private void send(
      JobStore store, JournalEntry items, List<SliceState> states, Offload to, int end)
      throws JobException {
    Job job = items.job();
    Job child = to.child(job, site, region, end - to.base(), parts.clock().getAsLong());
    try {
      sites.handOver(
          to.site(),
          child,
          taker -> {
            for (int number = to.base(); number < end; number++) {
              for (byte[] item : parts.journal().items(items, number)) {
                taker.take(item);
              }
            }
          });
      log.info("jobs: {} items of job {} go to site {}", child.items(), job.id(), to.site());
    } catch (IOException e) {
      log.info("jobs: site {} does not take items over now: {}", to.site(), e.getMessage());
      refused.put(to.site(), parts.clock().getAsLong());
      for (int number = to.base(); number < end; number++) {
        var unused = store.change(job.slice(number), SliceChange.release(states.get(number)));
      }
    }
  }

  @Override
  public void close() {
    ticker.close();
  }
}
