// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.routing;

import io.rhizome.it.Checkout;
import io.rhizome.it.bench.Benchmark;
import io.rhizome.it.bench.Figure;
import io.rhizome.it.bench.Result;
import io.rhizome.it.bench.RowProcess;
import io.rhizome.it.bench.RowRuns;
import io.rhizome.simulator.routing.RoutingCatalogue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where requests go and how long they take, under virtual time, with the shipped classes; and
 * whether real nodes agree.
 */
public final class RoutingBench implements Benchmark {
  private static final long SEED = 1;
  private static final List<String> MEMORY = List.of("-Xmx768m", "-XX:+UseSerialGC");

  private final boolean quick;

  /** The benchmark, or a glance of it. */
  public RoutingBench(boolean quick) {
    this.quick = quick;
  }

  @Override
  public String name() {
    return "routing";
  }

  @Override
  public List<String> method() {
    List<String> lines = new ArrayList<>();
    lines.addAll(simulated());
    lines.addAll(LivePlan.of(quick).method());
    return lines;
  }

  private static List<String> simulated() {
    return List.of(
        "Routers, candidates, dispatch, budgets, outlier detection and admission as they ship, under"
            + " virtual time;",
        "each experiment in a JVM of its own, two at a time; seeds from "
            + SEED
            + " on. The plans in",
        "io.rhizome.simulator.routing are the scenarios. Arrivals are Poisson, run times exponential"
            + " and a request's",
        "own: all routers meet the same requests, run times and disturbances, seed by seed. Failed"
            + " requests count as",
        "slowest. Intervals: 95%, Student, over seeds.",
        "queueing: M/M/1 and M/M/4 at rho 0.9; random and two choices of 100 servers by a board shown"
            + " every 0, 10,",
        "20, 40 mean run times; least loaded by the same board beside a uniformized Markov chain that"
            + " shares no code.",
        "disturbed: 100 servers of 4 workers, each an entry, mean run time 100 ms, every other server"
            + " half as fast;",
        "others take 0 to 50% of each, drawn anew after exponential times of mean 10 s; round trips"
            + " 0.5 ms; load 70%",
        "and 90% of the mean effective capacity. Each rival is tuned at each load over the grid in"
            + " Rivals, with a seed",
        "of its own. Requests may run only once, so that no hedge or retry hides a router's choice."
            + " The omniscient",
        "router sees all queues, what is left of each run, what is on the way and present speeds.",
        "ramp: 100 servers on machines three times what they are promised, others take 0 to 60%; load"
            + " 0.75 to 1.74",
        "of what is promised, 83% of capacity; inversions: neighbours in the order random, weighted,"
            + " c3, prequal,",
        "hot_cold whose p99 in the last step (5 seeds) is not as in that order, by more than their"
            + " intervals: as",
        "all servers are promised the same, weighted is random by another name there.",
        "regions: three of 10 servers, 120 ms apart, one with 1.5 of its capacity, two with 0.4; p99"
            + " over the",
        "omniscient router's.",
        "wild: random meshes of 3 to 12 nodes, policies (zones, tiers, security levels), all routers;"
            + " every node believes",
        "something else of holders, reachability, relays and members, and renews it; kills, hangs,"
            + " one-way cuts, loss.");
  }

  @Override
  public Result run(Checkout checkout) throws IOException, InterruptedException {
    RowRuns runs = new RowRuns(new RowProcess(RoutingRow.class, MEMORY), quick, SEED);
    runs.together(RoutingCatalogue.NAMES);
    runs.add(LiveRow.NAME, LiveRow.run(checkout, LivePlan.of(quick), SEED));
    List<Figure> closing = RoutingBars.closing(runs.readings());
    List<Figure> further = RoutingBars.further(runs.readings());
    System.out.print(Figure.table(closing, further));
    return new Result(name(), method(), quick, SEED, closing, further, runs.rows());
  }
}
