// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.Reachability;
import io.rhizome.simulator.SimNetwork;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import io.rhizome.simulator.Topology;
import io.rhizome.simulator.invariant.InvariantViolation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;

/** Lets the steps of a scenario happen. */
final class Timeline {
  private static final int QUEUE_BYTES = 64 * 1024;
  private static final long REORDER_NANOS = 50_000_000;

  private final Simulation mesh;
  private final SimNetwork network;
  private final Scenario scenario;
  private final Cast cast;
  private final InvariantViolation.Origin origin;

  Timeline(Simulation mesh, Scenario scenario, Cast cast, InvariantViolation.Origin origin) {
    this.mesh = mesh;
    this.network = mesh.network();
    this.scenario = scenario;
    this.cast = cast;
    this.origin = origin;
  }

  /** Makes the links as the scenario has them, before anything starts. */
  void prepare() {
    Scenario.Network links = scenario.network();
    if (links.topology() == Scenario.Network.Place.LAN) {
      network.topology(Topology.lan(mesh.seed()));
    }
    if (links.jitter() != null) {
      network.jitter(links.jitter().value());
    }
    if (links.loss() != null) {
      network.loss(links.loss().value());
    }
    if (links.duplication() != null) {
      network.duplication(links.duplication().value());
    }
    if (links.reordering() != null) {
      network.reordering(links.reordering().value(), REORDER_NANOS);
    }
    if (links.dialOutOnly() != null) {
      cast.names(links.dialOutOnly()).forEach(host -> network.dialOutOnly(host, true));
    }
    if (links.udpBlocked() != null) {
      cast.names(links.udpBlocked()).forEach(host -> network.blockUdp(host, true));
    }
    Scenario.Network.SlowLinks slow = links.slowLinks();
    if (slow != null) {
      long queue = Objects.requireNonNullElse(slow.queueBytes(), (long) QUEUE_BYTES);
      cast.names(slow.hosts())
          .forEach(host -> network.bandwidth(host, slow.kilobits() * 1_000, queue));
    }
  }

  /** Plans all steps from now on. */
  void begin() {
    for (Step step : scenario.timeline()) {
      mesh.after(step.at(), () -> happen(step));
    }
  }

  private void happen(Step step) {
    act(step);
    Duration every = step.every();
    if (every != null) {
      Duration now = Duration.ofNanos(mesh.nowNanos());
      Duration until = Objects.requireNonNullElse(step.until(), scenario.duration());
      if (now.plus(every).compareTo(until) <= 0) {
        mesh.after(every, () -> happen(step));
      }
    }
  }

  private void act(Step step) {
    if (step.crash() != null) {
      cast.running(step.crash()).forEach(mesh::crash);
    } else if (step.restart() != null) {
      restart(step.restart());
    } else if (step.replace() != null) {
      cast.names(step.replace()).forEach(cast::replace);
    } else if (step.leave() != null) {
      cast.running(step.leave()).forEach(mesh::leave);
    } else if (step.join() != null) {
      for (int i = 0; i < step.join(); i++) {
        cast.startAnother();
      }
    } else if (step.publish() != null) {
      cast.running(step.publish()).forEach(cast::publish);
    } else if (step.expect() != null) {
      look(step.expect());
    } else if (step.clock() != null) {
      Step.Clock clock = step.clock();
      Duration ahead = Objects.requireNonNullElse(clock.ahead(), Duration.ZERO);
      cast.names(clock.hosts()).forEach(host -> mesh.clock(host, ahead, clock.driftPpm()));
    } else {
      harm(step);
    }
  }

  private void harm(Step step) {
    if (step.partition() != null) {
      partition(step.partition());
    } else if (step.cut() != null) {
      Step.Way way = step.cut();
      List<String> to = cast.names(way.to());
      cast.names(way.from()).forEach(one -> to.forEach(other -> network.cutOneWay(one, other)));
    } else if (step.heal() != null) {
      network.heal();
    } else if (step.loss() != null) {
      loss(step.loss());
    } else if (step.starve() != null) {
      Duration lasts = step.starve().lasts();
      cast.running(step.starve().hosts()).forEach(node -> mesh.starve(node, lasts));
    } else if (step.deaf() != null) {
      befall(step.deaf(), network::deaf);
    } else if (step.mute() != null) {
      befall(step.mute(), network::mute);
    } else if (step.slow() != null) {
      long by = step.slow().by().toNanos();
      cast.names(step.slow().hosts()).forEach(host -> network.slow(host, by));
    } else if (step.service() != null) {
      long by = step.service().by().toNanos();
      cast.running(step.service().hosts()).forEach(node -> node.serviceTime(by));
    }
  }

  private void restart(Step.Restart restart) {
    List<String> names = cast.names(restart.hosts());
    for (String name : names) {
      mesh.node(name).ifPresent(mesh::crash);
      if (restart.disk() == Step.Disk.LOST) {
        mesh.disk(name).wipe();
      } else if (restart.disk() == Step.Disk.OLD) {
        mesh.disk(name).restore();
      }
    }
    names.forEach(cast::start);
  }

  private void partition(List<Hosts> sides) {
    for (int i = 0; i < sides.size(); i++) {
      for (int j = i + 1; j < sides.size(); j++) {
        network.partition(cast.names(sides.get(i)), cast.names(sides.get(j)));
      }
    }
  }

  private void loss(Step.Loss loss) {
    double share = loss.share().value();
    if (loss.hosts() == null) {
      network.loss(share);
      return;
    }
    for (String host : cast.names(loss.hosts())) {
      network.lossIn(host, share);
      network.lossOut(host, share);
    }
  }

  private void befall(Step.Spell spell, BiConsumer<String, Boolean> fault) {
    List<String> hosts = cast.names(spell.hosts());
    hosts.forEach(host -> fault.accept(host, true));
    mesh.after(spell.lasts(), () -> hosts.forEach(host -> fault.accept(host, false)));
  }

  private void look(Step.Sight sight) {
    Hosts all = new Hosts(List.of(), 0, true);
    for (SimNode observer : cast.running(Objects.requireNonNullElse(sight.by(), all))) {
      for (String name : cast.names(sight.of())) {
        SimNode subject = mesh.node(name).orElseThrow();
        if (subject != observer) {
          look(sight, observer, subject);
        }
      }
    }
  }

  private void look(Step.Sight sight, SimNode observer, SimNode subject) {
    Status status = observer.statusOf(subject);
    if (sight.as() != null && (status == null || !sight.as().contains(status))) {
      fail(observer, subject, status == null ? "unknown" : status.toString(), sight.as());
    }
    Step.Reach reach = reach(observer.reachability(subject));
    if (sight.reachable() != null && sight.reachable() != reach) {
      fail(observer, subject, "reachable " + reach, sight.reachable());
    }
  }

  private void fail(SimNode observer, SimNode subject, String seen, Object expected) {
    throw new InvariantViolation(
        "%s sees %s %s, expected %s".formatted(observer.host(), subject.host(), seen, expected),
        mesh.nowNanos(),
        origin);
  }

  private static Step.Reach reach(Reachability reachability) {
    if (reachability instanceof Reachability.Direct) {
      return Step.Reach.DIRECT;
    }
    return reachability instanceof Reachability.Via ? Step.Reach.VIA : Step.Reach.NONE;
  }
}
