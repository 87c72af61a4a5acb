// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import io.rhizome.simulator.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mesh with numbered nodes, and who of them holds whom in use (alive or suspect), kept up by what
 * the nodes notice: no moment is missed, and no view is searched. A number is an identity for good;
 * a restart is another life of it.
 */
final class Population {
  private static final Duration JOIN_LIMIT = Duration.ofMinutes(5);
  private static final Duration JOIN_STEP = Duration.ofMillis(250);

  private final Simulation mesh;
  private final List<Endpoint> seeds = new ArrayList<>();
  private final List<@Nullable SimNode> lives = new ArrayList<>();
  private final Map<NodeId, Integer> numbers = new LinkedHashMap<>();
  private final List<BitSet> inUse = new ArrayList<>();
  private final BitSet running = new BitSet();
  private List<Watch> watches = List.of();
  private long mutual;

  /** Is told of what nodes notice of one another, at that moment. */
  interface Watch {
    /** A running node noticed something of another; {@link Population} knows of it already. */
    void noticed(int observer, int subject, SwimEvent event);

    /** A node runs no more. */
    default void crashed(int number) {}
  }

  /** Nobody yet, on a local network; nodes will be let in by the first so many. */
  Population(long seed, GossipConfig config, int seedNodes) {
    this.mesh = new Simulation(seed, config);
    mesh.withoutTrace();
    mesh.network().topology(Topology.lan(seed));
    mesh.onEvent(this::onEvent);
    for (int number = 0; number < seedNodes; number++) {
      seeds.add(Simulation.endpointOf(host(number)));
    }
  }

  /** That many nodes which all hold one another in use; they joined through the first. */
  static Population joined(long seed, GossipConfig config, int nodes) {
    Population population = new Population(seed, config, 1);
    population.startMany(nodes);
    population.awaitAllInUse();
    return population;
  }

  Simulation mesh() {
    return mesh;
  }

  long nowNanos() {
    return mesh.nowNanos();
  }

  /** How many numbers were given so far. */
  int size() {
    return lives.size();
  }

  /** The latest life of that number; {@link IllegalStateException} where it was retired. */
  SimNode node(int number) {
    SimNode node = lives.get(number);
    if (node == null) {
      throw new IllegalStateException(host(number) + " was retired");
    }
    return node;
  }

  boolean isRunning(int number) {
    return running.get(number);
  }

  /** The number of that identity; -1 where there is none. */
  int number(NodeId id) {
    return numbers.getOrDefault(id, -1);
  }

  /** The numbers of the nodes that run, ascending. */
  int[] running() {
    return running.stream().toArray();
  }

  /** The next that runs after that number, in a circle; -1 where none runs. */
  int runningAfter(int number) {
    int next = running.nextSetBit(number + 1);
    return next >= 0 ? next : running.nextSetBit(0);
  }

  /** Whether that observer holds that subject in use. */
  boolean holdsInUse(int observer, int subject) {
    return inUse.get(observer).get(subject);
  }

  /** Does that again and again, the first time after {@code first}. */
  void every(Duration first, Duration period, Runnable action) {
    mesh.after(
        first,
        () -> {
          action.run();
          every(period, period, action);
        });
  }

  void watch(Watch watch) {
    List<Watch> more = new ArrayList<>(watches);
    more.add(watch);
    watches = List.copyOf(more);
  }

  void unwatch(Watch watch) {
    watches = watches.stream().filter(other -> other != watch).toList();
  }

  void startMany(int count) {
    for (int i = 0; i < count; i++) {
      startNew(seeds);
    }
  }

  /** Starts a new identity, to be let in by that node, and returns its number. */
  int startNew(int seed) {
    return startNew(List.of(node(seed).endpoint()));
  }

  private int startNew(List<Endpoint> letInBy) {
    int number = lives.size();
    String host = host(number);
    SimNode node = mesh.start(host, Simulation.stateOf(host), letInBy);
    lives.add(node);
    numbers.put(node.id(), number);
    inUse.add(new BitSet());
    running.set(number);
    return number;
  }

  /** Starts another life of a number that does not run. */
  void restart(int number) {
    if (running.get(number)) {
      throw new IllegalStateException(host(number) + " runs");
    }
    inUse.get(number).clear();
    String host = host(number);
    lives.set(number, mesh.start(host, Simulation.stateOf(host), seeds));
    running.set(number);
  }

  /** Stops a node without a word. */
  void crash(int number) {
    if (!running.get(number)) {
      return;
    }
    mesh.crash(node(number));
    mutual -= partners(number);
    running.clear(number);
    for (Watch watch : watches) {
      watch.crashed(number);
    }
  }

  /** Stops a node without a word, never to start again, and forgets it. */
  void retire(int number) {
    crash(number);
    mesh.forget(node(number));
    lives.set(number, null);
    inUse.get(number).clear();
  }

  /** The share of the pairs of running nodes in which each holds the other in use. */
  double mutualShare() {
    long nodes = running.cardinality();
    return nodes < 2 ? 1 : mutual / (nodes * (nodes - 1) / 2.0);
  }

  /** Whether each running node holds each other in use. */
  boolean allInUse() {
    long nodes = running.cardinality();
    return mutual == nodes * (nodes - 1) / 2;
  }

  /** Lets time pass until all hold all in use; {@link IllegalStateException} after five minutes. */
  void awaitAllInUse() {
    for (long i = 0; i < JOIN_LIMIT.dividedBy(JOIN_STEP); i++) {
      if (allInUse()) {
        return;
      }
      mesh.run(JOIN_STEP);
    }
    throw new IllegalStateException(
        "seed %d: %d nodes do not find one another within %s"
            .formatted(mesh.seed(), running.cardinality(), JOIN_LIMIT));
  }

  static String host(int number) {
    return "n" + number;
  }

  /** With how many running others it is in use both ways. */
  private int partners(int number) {
    int count = 0;
    BitSet held = inUse.get(number);
    for (int i = held.nextSetBit(0); i >= 0; i = held.nextSetBit(i + 1)) {
      if (running.get(i) && inUse.get(i).get(number)) {
        count++;
      }
    }
    return count;
  }

  private void onEvent(SimNode node, SwimEvent event) {
    boolean enters = event instanceof SwimEvent.Joined;
    boolean leaves = event instanceof SwimEvent.Died || event instanceof SwimEvent.Departed;
    if (!enters && !leaves && watches.isEmpty()) {
      return;
    }
    int observer = number(node.id());
    int subject = event instanceof SwimEvent.OfMember about ? number(about.id()) : -1;
    if (observer < 0 || subject < 0 || !running.get(observer)) {
      return;
    }
    if (enters || leaves) {
      set(observer, subject, enters);
    }
    for (Watch watch : watches) {
      watch.noticed(observer, subject, event);
    }
  }

  private void set(int observer, int subject, boolean value) {
    BitSet held = inUse.get(observer);
    if (held.get(subject) != value) {
      held.set(subject, value);
      if (running.get(subject) && inUse.get(subject).get(observer)) {
        mutual += value ? 1 : -1;
      }
    }
  }
}
