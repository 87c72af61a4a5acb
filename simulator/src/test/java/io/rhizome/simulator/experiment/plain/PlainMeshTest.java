// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Member.Status;
import io.rhizome.simulator.Simulation;
import io.rhizome.simulator.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PlainMeshTest {
  private static final int MEMBERS = 16;

  private final List<Change> changes = new ArrayList<>();
  private final Simulation simulation = new Simulation(7, GossipConfig.defaults());
  private final PlainMesh mesh = start(simulation, changes);

  private record Change(int observer, int subject, Status status, long atNanos) {}

  @Test
  void sufferNothingWhereNothingHappens() {
    simulation.run(Duration.ofMinutes(2));

    assertThat(changes).isEmpty();
  }

  @Test
  void loseTrackOfNobodyWhereEveryTenthPacketIsLost() {
    simulation.network().loss(0.1);
    simulation.run(Duration.ofMinutes(2));

    assertThat(changes).noneMatch(change -> change.status() == Status.DEAD);
  }

  @Test
  void buryACrashedMemberWhenItsSuspicionIsOver() {
    mesh.crash(3);
    simulation.run(Duration.ofSeconds(20));

    for (int observer = 0; observer < MEMBERS; observer++) {
      assertThat(observer == 3 || mesh.status(observer, 3) == Status.DEAD).isTrue();
    }
    Change suspected = first(3, Status.SUSPECT);
    long suspicion = PlainConfig.baseline().suspicionNanos(MEMBERS);
    assertThat(first(3, Status.DEAD).atNanos()).isEqualTo(suspected.atNanos() + suspicion);
  }

  @Test
  void keepASuspectThatAnswersInTime() {
    mesh.starve(3, Duration.ofSeconds(4));
    simulation.run(Duration.ofSeconds(30));

    assertThat(first(3, Status.SUSPECT).atNanos()).isLessThan(Duration.ofSeconds(4).toNanos());
    assertThat(first(3, Status.ALIVE).atNanos())
        .isBetween(Duration.ofSeconds(4).toNanos(), Duration.ofSeconds(6).toNanos());
    assertThat(changes).noneMatch(change -> change.status() == Status.DEAD);
    assertAllAlive();
  }

  @Test
  void takeBackAMemberThatWasBuriedWhileItWasStarved() {
    mesh.starve(3, Duration.ofSeconds(15));
    simulation.run(Duration.ofSeconds(15));
    assertThat(mesh.status(0, 3)).isEqualTo(Status.DEAD);

    simulation.run(Duration.ofSeconds(15));
    assertAllAlive();
  }

  @Test
  void believeTheFalseVerdictOfAStalledMemberUntilItIsRefuted() {
    mesh.stall(3, Duration.ofSeconds(20));
    simulation.run(Duration.ofSeconds(30));

    assertThat(changes)
        .anyMatch(
            change ->
                change.status() == Status.DEAD && change.observer() != 3 && change.subject() != 3);
    simulation.run(Duration.ofSeconds(30));
    assertAllAlive();
  }

  @Test
  void buryNobodyHealthyForAMemberThatStoppedAltogether() {
    for (int round = 0; round < 4; round++) {
      mesh.starve(3, Duration.ofSeconds(20));
      simulation.run(Duration.ofSeconds(21));
    }

    assertThat(changes).noneMatch(c -> c.status() == Status.DEAD && c.subject() != 3);
  }

  @Test
  void keepByStreamsAMemberThatDatagramsDoNotReach() {
    simulation.network().lossIn(PlainMesh.host(3), 0.5);
    simulation.run(Duration.ofMinutes(2));

    assertThat(changes).noneMatch(change -> change.status() == Status.DEAD);
  }

  @Test
  void runAlikeWithTheSameSeedAndOtherwiseWithAnother() {
    assertThat(run(7)).isEqualTo(run(7)).isNotEqualTo(run(8));
  }

  private static List<Change> run(long seed) {
    List<Change> changes = new ArrayList<>();
    Simulation simulation = new Simulation(seed, GossipConfig.defaults());
    PlainMesh mesh = start(simulation, changes);
    simulation.network().loss(0.2);
    mesh.stall(1, Duration.ofSeconds(15));
    mesh.starve(2, Duration.ofSeconds(15));
    simulation.run(Duration.ofSeconds(30));
    return changes;
  }

  private static PlainMesh start(Simulation simulation, List<Change> changes) {
    simulation.network().topology(Topology.lan(simulation.seed()));
    return new PlainMesh(
        simulation,
        MEMBERS,
        PlainConfig.baseline(),
        (observer, subject, status, now) ->
            changes.add(new Change(observer, subject, status, now)));
  }

  private Change first(int subject, Status status) {
    return changes.stream()
        .filter(change -> change.subject() == subject && change.status() == status)
        .findFirst()
        .orElseThrow();
  }

  private void assertAllAlive() {
    for (int observer = 0; observer < MEMBERS; observer++) {
      for (int subject = 0; subject < MEMBERS; subject++) {
        assertThat(mesh.status(observer, subject)).isEqualTo(Status.ALIVE);
      }
    }
  }
}
