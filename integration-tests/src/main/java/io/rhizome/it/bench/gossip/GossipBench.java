// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.gossip;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.it.Checkout;
import io.rhizome.it.bench.Benchmark;
import io.rhizome.it.bench.Figure;
import io.rhizome.it.bench.Result;
import io.rhizome.it.bench.RowProcess;
import io.rhizome.it.bench.RowRuns;
import io.rhizome.simulator.experiment.Catalogue;
import io.rhizome.simulator.experiment.plain.PlainConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the membership protocol does in bad weather, under virtual time, with the shipped classes.
 */
public final class GossipBench implements Benchmark {
  private static final long SEED = 1;

  /** On one core, and with nothing else running. */
  private static final String ALONE = "speed";

  /**
   * A thousand nodes are half a gigabyte that is touched all over: without large pages a third of
   * the time goes into translating addresses, and a small nursery is collected again and again. A
   * virtual machine may take long for the first touch of a page, so that comes before.
   */
  private static final List<String> MEMORY =
      List.of("-Xms6g", "-Xmx6g", "-Xmn4g", "-XX:+AlwaysPreTouch", "-XX:+UseTransparentHugePages");

  private static final List<String> SERIAL = List.of("-XX:+UseSerialGC");

  /** Lays a node's objects side by side, where the serial one does not. */
  private static final List<String> ONE_THREAD =
      List.of("-XX:+UseParallelGC", "-XX:ParallelGCThreads=1");

  private final boolean quick;

  /** The benchmark, or a glance of it. */
  public GossipBench(boolean quick) {
    this.quick = quick;
  }

  @Override
  public String name() {
    return "gossip";
  }

  @Override
  public List<String> method() {
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of(
            "The classes that ship, under virtual time, each packet through the real format. One"
                + " seed ("
                + SEED
                + "), one",
            "configuration for all; each experiment in a JVM of its own, two at a time, speed alone"
                + " on one core.",
            "Latencies 0.1 to 1 ms by link, 20% jitter. In use: alive or suspect. Bytes: sent and"
                + " received, IP,",
            "UDP or TCP, and seal included.",
            "starved: 128 nodes; all that 1 to 32 of them send and get waits for 0.128 to 32 s every"
                + " 0.064 to 16 s,",
            "while their timers go on; false deaths of never starved nodes seen by never starved"
                + " ones, over all",
            "cells; plain SWIM over Lifeguard.",
            "detect: crashes, one at a time; median over crashes and observers until declared"
                + " dead.",
            "hour: 1,000 nodes, 1% loss, each loads its model once a minute, or unloads it; a crash is"
                + " avoided where it",
            "is not reached, suspect or dead; medians over crashes. Nodes are down for 60 s.",
            "churn: 1,000 nodes, 30% loss, 5% crash each minute and start again a minute later; the"
                + " share of all",
            "pairs of running nodes, from the moment they start, in which each holds the other in"
                + " use, lowest of",
            "all seconds after the first minute.",
            "rapid: 1,000 nodes, 10 of them with 80% loss both ways, or deaf 20 s in 40, or not"
                + " heard; flaps:",
            "changes of state (alive, suspect, dead) a minute, of the faulty node and the healthy"
                + " observer with",
            "the most.",
            "join: 2,000 nodes start at once, through one seed.",
            "day: 32 nodes, three replaced by new identities each hour; last quarter over the"
                + " second.",
            "partition: 90 nodes in three parts for 10 minutes; in each, one crashes and one starts"
                + " again.",
            "links: 20 nodes; one link fails one way, or both: from the first ping that fails until"
                + " the node that",
            "pinged knows a relay, slowest of all; link_deaths_all_but_one, where one node alone"
                + " still reaches",
            "another, is in the rows.",
            "restart: 128 nodes; all or half crash at once and start again 0.5 to 60 s later; after"
                + " 10 s more.",
            "speed: the load of hour, all packets sealed; records that are equal are one object to"
                + " all nodes; median of",
            "windows of a virtual minute.",
            "vivaldi: 1,000 nodes on a clustered latency matrix with triangle violations, 10%"
                + " jitter."));
    lines.add("Configuration: " + GossipConfig.defaults());
    lines.add("Plain SWIM: " + PlainConfig.baseline());
    return lines;
  }

  @Override
  public Result run(Checkout checkout) throws IOException, InterruptedException {
    RowRuns runs = new RowRuns(process(SERIAL), quick, SEED);
    List<String> together = new ArrayList<>(Catalogue.NAMES);
    together.remove(ALONE);
    runs.alone(ALONE, process(ONE_THREAD));
    runs.together(together);
    List<Figure> closing = Bars.closing(runs.readings());
    List<Figure> further = Bars.further(runs.readings());
    System.out.print(Figure.table(closing, further));
    return new Result(name(), method(), quick, SEED, closing, further, runs.rows());
  }

  private static RowProcess process(List<String> collector) {
    return new RowProcess(
        GossipRow.class, Stream.concat(MEMORY.stream(), collector.stream()).toList());
  }
}
