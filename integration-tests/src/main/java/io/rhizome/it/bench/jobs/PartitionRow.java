// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.grpc.StatusRuntimeException;
import io.rhizome.it.Checkout;
import io.rhizome.it.bench.faults.Links;
import io.rhizome.it.bench.faults.Readings;
import io.rhizome.it.bench.faults.Scale;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One node of three is cut off in mid-job from the two others, which are the majority. */
final class PartitionRow implements Row {
  private static final int MINORITY = 1;
  private static final int MAJORITY = 2;
  private static final long LOOK_MILLIS = 50;

  @Override
  public String name() {
    return "partition";
  }

  private static Duration length(Scale scale) {
    return scale.seconds(60, 15);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "jobs of %,d items as above; no packet gets from node 1 to nodes 2 and 3 or back for %d s;"
            .formatted(Sizes.items(scale), length(scale).toSeconds()),
        "from %d s after the cut on: what is done at the majority, what node 1 has in work, and"
            .formatted(Sizes.NOTICE.toSeconds()),
        "whether it accepts a job; results are read at node 1 once it is back");
  }

  @Override
  public Optional<String> missing() throws IOException, InterruptedException {
    return Links.missing();
  }

  @Override
  public JobsMesh found(Checkout checkout) throws IOException, InterruptedException {
    return JobsMesh.onLinks(checkout, Sizes.NODES, JobsMesh.ONE_SITE);
  }

  /**
   * What a node did that should do nothing.
   *
   * @param inFlight the most requests that it had in work or waiting
   * @param accepted how many jobs it accepted
   */
  private record Minority(int inFlight, int accepted) {}

  @Override
  public Readings run(JobsMesh mesh, Scale scale) throws IOException, InterruptedException {
    mesh.start();
    int items = Sizes.items(scale);
    JobClient majority = mesh.client(MAJORITY);
    try (Watch watch = Watch.at(majority);
        Backlog backlog = Backlog.of(majority, "partition", items)) {
      Growths growths = watch.growths();
      mesh.awaitMore(growths, items / 4);
      long cut = System.nanoTime();
      for (int other = MAJORITY; other <= Sizes.NODES; other++) {
        mesh.cut(MINORITY, other);
      }
      Thread.sleep(Sizes.NOTICE.toMillis());
      long noticed = System.nanoTime();
      Minority minority = observe(mesh, cut + length(scale).toNanos());
      long healed = System.nanoTime();
      mesh.mend();
      double back = mesh.secondsUntilBack(MINORITY, growths.last());
      List<String> jobs = backlog.finish();
      return mesh.client(MINORITY)
          .check(jobs, items)
          .readings()
          .with("jobs", jobs.size())
          .with("reruns", backlog.reruns())
          .with("majority_done", growths.between(noticed, healed))
          .with("majority_gap_s", growths.longestGapSeconds(cut, healed))
          .with("minority_in_flight", minority.inFlight)
          .with("minority_accepted", minority.accepted)
          .with("back_s", back);
    }
  }

  /** Tries one job, then looks until that time. */
  private static Minority observe(JobsMesh mesh, long untilNanos) throws InterruptedException {
    int accepted = 0;
    try {
      var unused = mesh.client(MINORITY).submit("minority", Sizes.SMALL);
      accepted++;
    } catch (StatusRuntimeException e) {
      System.out.println("  the minority says: " + e.getMessage());
    }
    int inFlight = 0;
    do {
      inFlight = Math.max(inFlight, mesh.inFlight(MINORITY));
      Thread.sleep(LOOK_MILLIS);
    } while (System.nanoTime() - untilNanos < 0);
    return new Minority(inFlight, accepted);
  }
}
