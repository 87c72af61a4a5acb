// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;

import com.sun.management.ThreadMXBean;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Holders;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.NodeView.Standing;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.RouteRules;
import io.rhizome.scheduler.Router;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What a decision costs: CPU time and allocation, at 100 and at 1,000 holders. Run it by hand, with
 * the names of routers, {@code hot_cold} where none is given; each figure is the median, and the
 * least, of 25 rounds of 40,000 decisions.
 *
 * <p>{@code route} is the decision alone; {@code cycle} is with the news that it was sent and what
 * two holders said of their load. The view is made like the live one: a node is put together when
 * it is looked at.
 */
final class DecisionBench {
  private static final int[] HOLDERS = {10, 100, 1_000};
  private static final int ROUNDS = 25;
  private static final int DECISIONS = 40_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private long checksum;

  private DecisionBench() {}

  /** Prints a line for each router and number of holders. */
  public static void main(String[] names) {
    DecisionBench bench = new DecisionBench();
    Routers routers = new Routers(List.of());
    for (String name : names.length == 0 ? new String[] {Routers.DEFAULT} : names) {
      for (int holders : HOLDERS) {
        for (boolean cycle : new boolean[] {false, true}) {
          Router router = routers.create(name, new TreeMap<>());
          System.out.println(bench.measure(router, holders, cycle));
        }
      }
    }
    System.out.println("checksum " + bench.checksum);
  }

  private String measure(Router router, int holders, boolean cycle) {
    LiveView view = new LiveView(holders);
    double[] nanos = new double[ROUNDS];
    double[] bytes = new double[ROUNDS];
    for (int round = -ROUNDS; round < ROUNDS; round++) {
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      long cpu = THREADS.getCurrentThreadCpuTime();
      decide(router, view, cycle);
      cpu = THREADS.getCurrentThreadCpuTime() - cpu;
      allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
      if (round >= 0) {
        nanos[round] = (double) cpu / DECISIONS;
        bytes[round] = (double) allocated / DECISIONS;
      }
    }
    Arrays.sort(nanos);
    Arrays.sort(bytes);
    return String.format(
        "decision router=%s holders=%d what=%s ns=%.0f min_ns=%.0f bytes=%.0f",
        router.name(),
        holders,
        cycle ? "cycle" : "route",
        nanos[ROUNDS / 2],
        nanos[0],
        bytes[ROUNDS / 2]);
  }

  private void decide(Router router, LiveView view, boolean cycle) {
    SplittableRandom random = new SplittableRandom(1);
    Request request = Request.entering(MODEL, 0, 1_000);
    for (int i = 0; i < 32; i++) {
      hear(router, view, random);
    }
    for (int i = 0; i < DECISIONS; i++) {
      RouteDecision decision = router.route(request, view, random);
      checksum += decision.considered().get(0).node().prefix();
      if (cycle) {
        router.onSent(view.nowNanos(), request, decision);
        hear(router, view, random);
        hear(router, view, random);
      }
    }
  }

  private static void hear(Router router, LiveView view, SplittableRandom random) {
    NodeId holder = view.ids.get(random.nextInt(view.ids.size()));
    Load load = new Load(random.nextInt(9), 8, random.nextLong(MILLI), MILLI);
    router.onLoad(view.nowNanos(), MODEL, holder, load);
  }

  private static final class LiveView implements ClusterView {
    final List<NodeId> ids = new ArrayList<>();
    private final Map<NodeId, Load> loads = new HashMap<>();
    private final Holders holders;

    LiveView(int count) {
      Random random = new Random(1);
      for (int i = 0; i < count; i++) {
        byte[] id = new byte[NodeId.BYTES];
        random.nextBytes(id);
        ids.add(NodeId.of(id));
        loads.put(ids.get(i), new Load(random.nextInt(10), 8, random.nextLong(4 * MILLI), MILLI));
      }
      Collections.sort(ids);
      this.holders = new Holders(new TreeMap<>(Collections.singletonMap(1L, ids)));
    }

    @Override
    public NodeId self() {
      return ids.get(0);
    }

    @Override
    public long nowNanos() {
      return 0;
    }

    @Override
    public Holders holders(String model) {
      return holders;
    }

    @Override
    public Optional<NodeView> node(NodeId id) {
      Load load = loads.get(id);
      return load == null
          ? Optional.empty()
          : Optional.of(
              new NodeView(
                  id,
                  Standing.WELL,
                  Reachability.DIRECT,
                  id.prefix() & 0xfffff,
                  0,
                  load.plus(1),
                  id.prefix() & 0x1fffffff,
                  1,
                  Place.UNKNOWN));
    }

    @Override
    public RouteRules rules(Request request) {
      return RouteRules.NONE;
    }
  }
}
