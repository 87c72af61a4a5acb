// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.decision;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.routers.Routers;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a router costs on one thread, in microseconds. The view is made like the live one: a node is
 * put together when it is looked at. Other routers: {@code java -cp "integration-tests/target/*:
 * integration-tests/target/lib/*" org.openjdk.jmh.Main DecisionCost -p router=prequal}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DecisionCost {
  /** The model that all hold. */
  static final String MODEL = "model";

  private static final long MILLI = 1_000_000;
  private static final int SAID_BEFORE = 32;

  /** Which. */
  @Param(Routers.DEFAULT)
  public String router = Routers.DEFAULT;

  /** How many nodes hold the model. */
  @Param({"100", "1000"})
  public int holders;

  private final SplittableRandom random = new SplittableRandom(1);
  private final Request request = Request.entering(MODEL, 0, 1_000);
  private ManyHolders view = new ManyHolders(1);
  private Router chosen = new Routers(List.of()).create(Routers.DEFAULT, new TreeMap<>());

  /** A router that has heard of some of the holders. */
  @Setup
  public void prepare() {
    view = new ManyHolders(holders);
    chosen = new Routers(List.of()).create(router, new TreeMap<>());
    for (int i = 0; i < SAID_BEFORE; i++) {
      hear();
    }
  }

  /** The decision alone. */
  @Benchmark
  public RouteDecision route() {
    return chosen.route(request, view, random);
  }

  /** With the news that it was sent, and what two holders said of their load. */
  @Benchmark
  public RouteDecision cycle() {
    RouteDecision decision = chosen.route(request, view, random);
    chosen.onSent(view.nowNanos(), request, decision);
    hear();
    hear();
    return decision;
  }

  /** What is done once a second while nothing is asked. */
  @Benchmark
  public void idle() {
    chosen.onTick(view.nowNanos());
  }

  private void hear() {
    NodeId holder = view.any(random);
    Load load = new Load(random.nextInt(9), 8, random.nextLong(MILLI), MILLI);
    chosen.onLoad(view.nowNanos(), MODEL, holder, load);
  }
}
