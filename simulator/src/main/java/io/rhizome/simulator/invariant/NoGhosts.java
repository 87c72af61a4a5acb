// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.invariant;

import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is gone stays gone. Who saw a member say goodbye never has it in use again unless it was
 * started anew; and nobody takes in a member that stopped more than two minutes ago, which is
 * longer than any of the living may hold what is stale in good faith.
 */
final class NoGhosts implements Invariant {
  private static final long GRACE_NANOS = 120_000_000_000L;

  /** By observer, then who said goodbye: when it was heard. */
  private final SortedMap<NodeId, Goodbyes> heard = new TreeMap<>();

  private static final class Goodbyes {
    final SimNode life;
    final SortedMap<NodeId, Long> atNanos = new TreeMap<>();

    Goodbyes(SimNode life) {
      this.life = life;
    }
  }

  @Override
  public Optional<String> onEvent(Simulation mesh, SimNode observer, SwimEvent event) {
    if (event instanceof SwimEvent.Departed departed) {
      goodbyes(observer).atNanos.put(departed.id(), mesh.nowNanos());
    } else if (event instanceof SwimEvent.Joined joined) {
      return onJoined(mesh, observer, joined.id());
    }
    return Optional.empty();
  }

  private Optional<String> onJoined(Simulation mesh, SimNode observer, NodeId id) {
    SimNode subject = mesh.node(id).orElse(null);
    if (subject == null) {
      return Optional.of(observer.host() + " took in a member that never was: " + id);
    }
    if (!subject.isRunning() && mesh.nowNanos() - subject.stoppedNanos() > GRACE_NANOS) {
      return Optional.of(
          "%s took in %s, which stopped %.1f s before"
              .formatted(
                  observer.host(),
                  subject.host(),
                  (mesh.nowNanos() - subject.stoppedNanos()) / 1e9));
    }
    @Nullable Long goodbye = goodbyes(observer).atNanos.remove(id);
    if (goodbye != null && subject.startedNanos() < goodbye) {
      return returned(observer, subject);
    }
    return Optional.empty();
  }

  @Override
  public Optional<String> check(Simulation mesh) {
    for (SimNode observer : mesh.running()) {
      Goodbyes known = goodbyes(observer);
      for (var goodbye : known.atNanos.entrySet()) {
        SimNode subject = mesh.node(goodbye.getKey()).orElseThrow();
        Status status = observer.statusOf(subject);
        if (status != null && status.usable() && subject.startedNanos() < goodbye.getValue()) {
          return returned(observer, subject);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> returned(SimNode observer, SimNode subject) {
    return Optional.of(
        observer.host() + " has " + subject.host() + " in use again after its goodbye");
  }

  private Goodbyes goodbyes(SimNode observer) {
    Goodbyes known = heard.get(observer.id());
    if (known == null || known.life != observer) {
      known = new Goodbyes(observer);
      heard.put(observer.id(), known);
    }
    return known;
  }
}
