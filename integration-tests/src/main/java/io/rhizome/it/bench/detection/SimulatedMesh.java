// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.detection;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.it.GossipProcess.Kind;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** The same nodes, the same settings, the same outages, under virtual time. */
final class SimulatedMesh {
  private static final Duration SETTLING = Duration.ofSeconds(30);

  private final Simulation simulation;
  private final Map<Integer, SimNode> nodes = new LinkedHashMap<>();
  private final Map<NodeId, Integer> numbers = new LinkedHashMap<>();
  private final List<Notice> notices = new ArrayList<>();
  private long startNanos;

  private record Step(long atNanos, Runnable action) {}

  private SimulatedMesh(long seed) {
    simulation = new Simulation(seed, GossipConfig.defaults());
    simulation.withoutTrace();
    simulation.onEvent(this::note);
  }

  /** What is noticed while a schedule runs. */
  static List<Notice> run(long seed, int nodes, List<Outage> schedule) {
    SimulatedMesh mesh = new SimulatedMesh(seed);
    mesh.run(nodes, schedule);
    return mesh.notices;
  }

  private void run(int count, List<Outage> schedule) {
    for (int node = 1; node <= count; node++) {
      numbers.put(SimNode.idOf(host(node)), node);
      start(node);
    }
    simulation.run(SETTLING);
    startNanos = simulation.nowNanos();
    PriorityQueue<Step> steps =
        new PriorityQueue<>(java.util.Comparator.comparingLong(Step::atNanos));
    for (Outage outage : schedule) {
      steps.add(new Step(outage.atNanos(), () -> begin(outage)));
      steps.add(new Step(outage.endNanos(), () -> end(outage)));
    }
    while (!steps.isEmpty()) {
      Step step = steps.remove();
      simulation.run(Duration.ofNanos(startNanos + step.atNanos() - simulation.nowNanos()));
      step.action().run();
    }
  }

  private static String host(int node) {
    return "n" + node;
  }

  private void start(int node) {
    List<Endpoint> seeds = List.of(Simulation.endpointOf(host(1)), Simulation.endpointOf(host(2)));
    nodes.put(node, simulation.start(host(node), Simulation.stateOf(host(node)), seeds));
  }

  private void begin(Outage outage) {
    SimNode victim = nodes.get(outage.victim());
    if (victim == null) {
      throw new IllegalStateException("no node " + outage.victim());
    }
    switch (outage.kind()) {
      case KILL -> simulation.crash(victim);
      case STOP -> simulation.starve(victim, Outage.LENGTH);
    }
  }

  private void end(Outage outage) {
    if (outage.kind() == Outage.Kind.KILL) {
      start(outage.victim());
    }
  }

  private void note(SimNode observer, SwimEvent event) {
    Kind kind = Kind.of(event);
    Integer from = numbers.get(observer.id());
    if (kind != null && event instanceof SwimEvent.OfMember about && from != null) {
      Integer of = numbers.get(about.id());
      if (of != null && startNanos > 0) {
        notices.add(new Notice(simulation.nowNanos() - startNanos, from, kind, of));
      }
    }
  }
}
