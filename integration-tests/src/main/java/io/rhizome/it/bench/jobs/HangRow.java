// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.Checkout;
import io.rhizome.it.bench.faults.Readings;
import io.rhizome.it.bench.faults.Scale;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** One node stops in mid-job, as by a long pause of its machine, and goes on. */
final class HangRow implements Row {
  private static final int ASKED = 2;

  @Override
  public String name() {
    return "hang";
  }

  private static Duration length(Scale scale) {
    return scale.seconds(30, 15);
  }

  /** The first node may have a part of its own in the store: it was there first. */
  private static List<Integer> victims(Scale scale) {
    return scale.quick() ? List.of(1) : List.of(1, 3);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "jobs of %,d items one after the other, so that there is always work; SIGSTOP of node"
            .formatted(Sizes.items(scale)),
        "%s for %d s, then SIGCONT; resume: the longest time between two growths of what is done,"
            .formatted(
                String.join(", then ", victims(scale).stream().map(String::valueOf).toList()),
                length(scale).toSeconds()),
        "as node 2 says ten times a second, from SIGSTOP until the node is back; back: from SIGCONT",
        "until it says itself that at least as much is done as node 2 said at SIGCONT");
  }

  @Override
  public boolean shares() {
    return true;
  }

  @Override
  public JobsMesh found(Checkout checkout) throws IOException, InterruptedException {
    return JobsMesh.onLoopback(checkout, Sizes.NODES);
  }

  @Override
  public Readings run(JobsMesh mesh, Scale scale) throws IOException, InterruptedException {
    mesh.start();
    int items = Sizes.items(scale);
    JobClient asked = mesh.client(ASKED);
    try (Watch watch = Watch.at(asked);
        Backlog backlog = Backlog.of(asked, "hang", items)) {
      double resume = 0;
      double back = 0;
      for (int victim : victims(scale)) {
        mesh.awaitMore(watch.growths(), items / 4);
        long from = System.nanoTime();
        mesh.node(victim).suspend();
        try {
          Thread.sleep(length(scale).toMillis());
        } finally {
          mesh.node(victim).resume();
        }
        // Math.max keeps a NaN.
        back = Math.max(back, mesh.secondsUntilBack(victim, watch.growths().last()));
        resume = Math.max(resume, watch.growths().longestGapSeconds(from, System.nanoTime()));
      }
      List<String> jobs = backlog.finish();
      return asked
          .check(jobs, items)
          .readings()
          .with("jobs", jobs.size())
          .with("reruns", backlog.reruns())
          .with("resume_s", resume)
          .with("back_s", back);
    }
  }
}
