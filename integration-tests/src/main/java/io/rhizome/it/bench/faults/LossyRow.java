// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The link to one holder loses packets and is slow, while requests are of 10 KB. What is sent to it
 * is what the entry sends to its peers, less what the other holder answers.
 */
final class LossyRow implements Row {
  private static final int LOSSY = 2;
  private static final int CLEAN = 3;
  private static final int CLIENTS = 8;
  private static final int REQUEST_BYTES = 10 * 1024;
  private static final double LOSS = 0.05;
  private static final String RATE = "2mbit";
  private static final Duration TO_LEARN = Duration.ofSeconds(5);

  @Override
  public String name() {
    return "lossy";
  }

  @Override
  public Stage stage() {
    return Stage.LINKS;
  }

  private static Duration clean(Scale scale) {
    return scale.seconds(10, 4);
  }

  private static Duration lossy(Scale scale) {
    return scale.seconds(25, 6);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "10 KB requests for %d s; then 5%% of the packets to and from one holder are lost and its"
            .formatted(clean(scale).toSeconds()),
        "link has 2 Mbit/s each way, for %d s to learn and %d s that count for its share"
            .formatted(TO_LEARN.toSeconds(), lossy(scale).toSeconds()));
  }

  @Override
  public Readings run(FaultMesh mesh, Scale scale) throws IOException, InterruptedException {
    Complaints complaints = new Complaints();
    try (ClosedLoop load = mesh.load(CLIENTS, REQUEST_BYTES, complaints)) {
      mesh.settle(load);
      long start = System.nanoTime();
      Thread.sleep(clean(scale).toMillis());
      long from = System.nanoTime();
      mesh.links().degrade(LOSSY, LOSS, RATE);
      double sent;
      double answered;
      long to;
      try {
        Thread.sleep(TO_LEARN.toMillis());
        double hopsBefore = mesh.counters().hops();
        long cleanBefore = load.answeredBy(CLEAN);
        Thread.sleep(lossy(scale).toMillis());
        sent = mesh.counters().hops() - hopsBefore;
        answered = load.answeredBy(CLEAN) - cleanBefore;
        to = System.nanoTime();
      } finally {
        mesh.links().mend();
      }
      Recording all = load.stop();
      complaints.lines().forEach(line -> System.out.println("  failed: " + line));
      Recording clean = all.span(start, from);
      Recording lossy = all.span(from, to);
      System.out.printf(
          "  after %d s: %.0f attempts sent, %.0f answered by the clean holder%n",
          TO_LEARN.toSeconds(), sent, answered);
      double cleanP99 = clean.quantileMillis(Ending.ANSWERED, 0.99);
      return new Readings()
          .with(lossy)
          .with("clean_requests", clean.count())
          .with("clean_p99_ms", cleanP99)
          .with("p99_ratio", lossy.quantileMillis(Ending.ANSWERED, 0.99) / cleanP99)
          .with("share", Math.max(0, sent - answered) / Math.max(1, sent));
    }
  }
}
