// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.invariant;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * In one life of an observer the incarnation that it knows of a member never goes back, until it
 * has forgotten the member.
 */
final class IncarnationsGrow implements Invariant {
  /** By observer, then subject. */
  private final SortedMap<NodeId, Seen> seen = new TreeMap<>();

  private static final class Seen {
    final SimNode life;
    final SortedMap<NodeId, Long> incarnations = new TreeMap<>();

    Seen(SimNode life) {
      this.life = life;
    }
  }

  @Override
  public Optional<String> onEvent(Simulation mesh, SimNode observer, SwimEvent event) {
    return event instanceof SwimEvent.OfMember about
        ? look(observer, seenBy(observer), about.id())
        : Optional.empty();
  }

  @Override
  public Optional<String> check(Simulation mesh) {
    for (SimNode observer : mesh.running()) {
      Seen known = seenBy(observer);
      for (SimNode subject : mesh.nodes()) {
        Optional<String> broken = look(observer, known, subject.id());
        if (broken.isPresent()) {
          return broken;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> look(SimNode observer, Seen known, NodeId subject) {
    long now = observer.incarnationOf(subject);
    if (now == 0) {
      known.incarnations.remove(subject);
      return Optional.empty();
    }
    @Nullable Long before = known.incarnations.put(subject, now);
    if (before == null || before <= now) {
      return Optional.empty();
    }
    return Optional.of(
        "%s knew %s in incarnation %x and now in %x"
            .formatted(observer.host(), subject.shortName(), before, now));
  }

  private Seen seenBy(SimNode observer) {
    Seen known = seen.get(observer.id());
    if (known == null || known.life != observer) {
      known = new Seen(observer);
      seen.put(observer.id(), known);
    }
    return known;
  }
}
