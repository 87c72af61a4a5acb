// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.invariant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import io.rhizome.simulator.invariant.InvariantViolation.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InvariantTest {
  private static final Origin ORIGIN = new Origin("some.yaml", 4, "abc123");
  private static final List<Endpoint> SEEDS = List.of(Simulation.endpointOf("a"));

  private final Simulation mesh = new Simulation(4, GossipConfig.defaults());
  private final SimNode a = mesh.start("a", Simulation.stateOf("a"), List.of());
  private final SimNode b = mesh.start("b", Simulation.stateOf("b"), SEEDS);

  @Test
  void aFailureNamesMomentSeedCommitAndTheCommandThatShowsItAgain() {
    mesh.run(Duration.ofMillis(1_500));
    InvariantChecker.watch(mesh, List.of(new Fails()), ORIGIN);
    assertThatThrownBy(() -> mesh.run(Duration.ofSeconds(3)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessage(
            "at 2.500 s: two and two make five (seed 4, commit abc123; again with:"
                + " rhizome sim run some.yaml --seeds 4)");
  }

  @Test
  void anEventIsLookedAtWhenItHappens() {
    InvariantChecker.watch(mesh, List.of(new NobodyJoins()), ORIGIN);
    assertThatThrownBy(() -> mesh.run(Duration.ofMillis(900)))
        .hasMessageContaining("joined (seed 4");
  }

  @Test
  void whoTakesInAMemberLongAfterItStoppedSeesAGhost() {
    NoGhosts ghosts = new NoGhosts();
    mesh.run(Duration.ofSeconds(5));
    mesh.crash(b);
    mesh.run(Duration.ofSeconds(60));
    SwimEvent again = new SwimEvent.Joined(b.id(), b.endpoint());
    assertThat(ghosts.onEvent(mesh, a, again)).isEmpty();
    mesh.run(Duration.ofSeconds(61));
    assertThat(ghosts.onEvent(mesh, a, again))
        .hasValue("a took in b, which stopped 121.0 s before");
  }

  @Test
  void whoSaidGoodbyeIsNotTakenInAgainUnlessItStartedAnew() {
    NoGhosts ghosts = new NoGhosts();
    mesh.run(Duration.ofSeconds(5));
    SwimEvent goodbye = new SwimEvent.Departed(b.id());
    SwimEvent again = new SwimEvent.Joined(b.id(), b.endpoint());
    assertThat(ghosts.onEvent(mesh, a, goodbye)).isEmpty();
    assertThat(ghosts.check(mesh)).hasValue("a has b in use again after its goodbye");
    assertThat(ghosts.onEvent(mesh, a, again)).hasValue("a has b in use again after its goodbye");

    assertThat(ghosts.onEvent(mesh, a, goodbye)).isEmpty();
    mesh.run(Duration.ofSeconds(1));
    mesh.start("b", Simulation.stateOf("b"), SEEDS);
    assertThat(ghosts.onEvent(mesh, a, again)).isEmpty();
    assertThat(ghosts.check(mesh)).isEmpty();
  }

  @Test
  void aMeshInOneViewHasNoDisagreementAndOthersNameTheirFirst() {
    assertThat(Convergence.disagreement(mesh)).hasValue("a sees b as nobody, which runs");
    mesh.run(Duration.ofSeconds(20));
    assertThat(Convergence.disagreement(mesh)).isEmpty();
    mesh.crash(b);
    assertThat(Convergence.disagreement(mesh)).hasValue("a sees b as ALIVE, which stopped");
    mesh.run(Duration.ofMinutes(1));
    assertThat(Convergence.disagreement(mesh)).isEmpty();
  }

  private static final class Fails implements Invariant {
    @Override
    public Optional<String> onEvent(Simulation mesh, SimNode observer, SwimEvent event) {
      return Optional.empty();
    }

    @Override
    public Optional<String> check(Simulation mesh) {
      return Optional.of("two and two make five");
    }
  }

  private static final class NobodyJoins implements Invariant {
    @Override
    public Optional<String> onEvent(Simulation mesh, SimNode observer, SwimEvent event) {
      return event instanceof SwimEvent.Joined ? Optional.of("joined") : Optional.empty();
    }

    @Override
    public Optional<String> check(Simulation mesh) {
      return Optional.empty();
    }
  }
}
