// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.Checkout;
import io.rhizome.it.bench.faults.Links;
import io.rhizome.it.bench.faults.Readings;
import io.rhizome.it.bench.faults.Scale;
import io.rhizome.v1.JobInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The link between two sites, each with jobs of its own, is cut in mid-job. */
final class SitesRow implements Row {
  private static final List<String> SITES = List.of("east", "west");

  /** Nodes get the sites in turn. */
  private static final List<Integer> EAST = List.of(1, 3);

  private static final List<Integer> WEST = List.of(2, 4);

  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "sites";
  }

  private static Duration length(Scale scale) {
    return scale.seconds(120, 15);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "two sites of two nodes, each with jobs of %,d items as above; no packet gets from one site"
            .formatted(Sizes.items(scale)),
        "to the other for %d s; worked: what is done meanwhile, from %d s after the cut on, at the"
            .formatted(length(scale).toSeconds(), Sizes.NOTICE.toSeconds()),
        "site where that is less; handed: items that a site worked on for the other");
  }

  @Override
  public Optional<String> missing() throws IOException, InterruptedException {
    return Links.missing();
  }

  @Override
  public JobsMesh found(Checkout checkout) throws IOException, InterruptedException {
    return JobsMesh.onLinks(checkout, EAST.size() + WEST.size(), SITES);
  }

  @Override
  public Readings run(JobsMesh mesh, Scale scale) throws IOException, InterruptedException {
    mesh.start();
    int items = Sizes.items(scale);
    JobClient east = mesh.client(EAST.get(0));
    JobClient west = mesh.client(WEST.get(0));
    try (Watch eastWatch = Watch.at(east);
        Watch westWatch = Watch.at(west);
        Backlog eastBacklog = Backlog.of(east, "east", items);
        Backlog westBacklog = Backlog.of(west, "west", items)) {
      Growths eastern = eastWatch.growths();
      Growths western = westWatch.growths();
      mesh.awaitMore(eastern, items / 4);
      mesh.awaitMore(western, items / 4);
      long cut = System.nanoTime();
      for (int one : EAST) {
        for (int other : WEST) {
          mesh.cut(one, other);
        }
      }
      Thread.sleep(length(scale).toMillis());
      long healed = System.nanoTime();
      mesh.mend();
      List<String> eastJobs = eastBacklog.finish();
      List<String> westJobs = westBacklog.finish();
      long noticed = cut + Sizes.NOTICE.toNanos();
      return mesh.client(EAST.get(1))
          .check(eastJobs, items)
          .plus(mesh.client(WEST.get(1)).check(westJobs, items))
          .readings()
          .with("jobs", eastJobs.size() + westJobs.size())
          .with("handed", handed(east) + handed(west))
          .with("reruns", Math.max(eastBacklog.reruns(), westBacklog.reruns()))
          .with(
              "worked",
              Math.min(eastern.between(noticed, healed), western.between(noticed, healed)))
          .with(
              "gap_s",
              Math.max(
                  eastern.longestGapSeconds(cut, healed), western.longestGapSeconds(cut, healed)));
    }
  }

  private static double handed(JobClient site) {
    return site.list(CALL_LIMIT).stream()
        .filter(job -> !job.getFromSite().isEmpty())
        .mapToLong(JobInfo::getDone)
        .sum();
  }
}
