// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.Checkout;
import io.rhizome.it.bench.faults.Readings;
import io.rhizome.it.bench.faults.Scale;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** One node is killed in mid-job, later all are, and all are started again. */
final class KillRow implements Row {
  private static final String JOB = "kill";
  private static final int ASKED = 1;
  private static final int OTHER = 2;
  private static final int VICTIM = 3;
  private static final Duration CALL_LIMIT = Duration.ofSeconds(5);

  @Override
  public String name() {
    return "kill";
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "one job of %,d items; kill -9 of one node when 30%% are done, which stays away, of all"
            .formatted(Sizes.items(scale)),
        "when 60% are; all are started again; results are read at a node that was not submitted to;",
        "reruns: what the job says of items begun again, over its items");
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
    var unused = mesh.client(ASKED).submit(JOB, items);
    mesh.awaitDone(ASKED, JOB, items * 3 / 10);
    mesh.node(VICTIM).kill();
    mesh.awaitDone(ASKED, JOB, items * 6 / 10);
    mesh.killAll();
    long from = System.nanoTime();
    mesh.start();
    double away = (System.nanoTime() - from) / 1e9;
    mesh.awaitDone(OTHER, JOB, items);
    int reruns = mesh.client(OTHER).info(JOB, CALL_LIMIT).getReruns();
    return mesh.client(OTHER)
        .check(JOB, items)
        .readings()
        .with("reruns", (double) reruns / items)
        .with("away_s", away);
  }
}
