// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeState;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Who plays which host of a scenario now: hosts have numbers, and a replaced one a new name. */
final class Cast {
  private final Simulation mesh;
  private final Scenario scenario;
  private final Random random;
  private final List<String> names = new ArrayList<>();
  private int replaced;
  private int said;

  Cast(Simulation mesh, Scenario scenario) {
    this.mesh = mesh;
    this.scenario = scenario;
    this.random = new Random(mesh.seed());
    for (int i = 0; i < scenario.nodes(); i++) {
      names.add(scenario.host(i));
    }
  }

  void startAll() {
    names.forEach(this::start);
    names.forEach(name -> mesh.disk(name).snapshot());
  }

  /** Starts a host, or starts it again with what is on its disk. */
  void start(String name) {
    List<Endpoint> seeds =
        List.of(Simulation.endpointOf(names.get(0)), Simulation.endpointOf(names.get(1)));
    mesh.start(name, Simulation.stateOf(name), seeds);
  }

  /** Starts one more. */
  void startAnother() {
    String name = scenario.host(names.size());
    names.add(name);
    start(name);
  }

  /** A new identity takes the place of one that stops for good. */
  void replace(String name) {
    mesh.node(name).ifPresent(mesh::crash);
    String next = name.replaceAll("-.*", "") + "-" + ++replaced;
    names.set(names.indexOf(name), next);
    start(next);
  }

  /** Lets a node say something that it did not say before. */
  void publish(SimNode node) {
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("name", node.host());
    labels.put("said", String.valueOf(++said));
    NodeState before = Simulation.stateOf(node.host());
    node.publish(before.withLabels(labels));
  }

  /** The names that a choice means now. */
  List<String> names(Hosts hosts) {
    if (hosts.all()) {
      return List.copyOf(names);
    }
    if (hosts.any() > 0) {
      List<String> running = new ArrayList<>(mesh.running().stream().map(SimNode::host).toList());
      Collections.shuffle(running, random);
      return running.subList(0, Math.min(hosts.any(), running.size()));
    }
    List<String> chosen = new ArrayList<>();
    for (Hosts.Range range : hosts.ranges()) {
      chosen.addAll(names.subList(range.first(), range.last() + 1));
    }
    return chosen;
  }

  /** Those of {@link #names(Hosts)} that run. */
  List<SimNode> running(Hosts hosts) {
    List<SimNode> running = new ArrayList<>();
    for (String name : names(hosts)) {
      mesh.node(name).filter(SimNode::isRunning).ifPresent(running::add);
    }
    return running;
  }
}
