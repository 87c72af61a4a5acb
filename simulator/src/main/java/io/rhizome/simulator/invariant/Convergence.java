// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.invariant;

import io.rhizome.gossip.Member;
import io.rhizome.gossip.Member.Status;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What must come to hold once nothing goes wrong any more: all that run see each other alive and in
 * the state that each says of itself, and nobody has anybody else in use.
 */
public final class Convergence {
  private Convergence() {}

  /** The first disagreement in order of hosts; empty where the mesh has come together. */
  public static Optional<String> disagreement(Simulation mesh) {
    List<SimNode> nodes = mesh.nodes();
    List<Member> selves = new ArrayList<>();
    for (SimNode node : nodes) {
      selves.add(node.view().member(node.id()).orElseThrow());
    }
    for (SimNode observer : mesh.running()) {
      for (int i = 0; i < nodes.size(); i++) {
        SimNode subject = nodes.get(i);
        if (subject != observer) {
          Optional<String> wrong = disagreement(observer, subject, selves.get(i));
          if (wrong.isPresent()) {
            return wrong;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> disagreement(SimNode observer, SimNode subject, Member self) {
    Status status = observer.statusOf(subject);
    String who = observer.host() + " sees " + subject.host();
    if (!subject.isRunning()) {
      return status != null && status.usable()
          ? Optional.of(who + " as " + status + ", which stopped")
          : Optional.empty();
    }
    if (status != Status.ALIVE) {
      return Optional.of(who + " as " + (status == null ? "nobody" : status) + ", which runs");
    }
    if (observer.incarnationOf(subject.id()) != self.incarnation()) {
      return Optional.of(who + " in an old incarnation");
    }
    Member seen = observer.view().members().get(subject.id());
    return seen == null || !seen.state().equals(self.state())
        ? Optional.of(who + " in an old state")
        : Optional.empty();
  }
}
