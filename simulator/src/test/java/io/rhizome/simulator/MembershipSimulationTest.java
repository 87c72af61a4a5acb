// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Reachability;
import io.rhizome.gossip.Residency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fifty nodes. Every failure names its seed: run that seed again to see the same. */
class MembershipSimulationTest {
  private static final int NODES = 50;
  private static final Duration JOIN = Duration.ofSeconds(60);
  private static final GossipConfig CONFIG = GossipConfig.defaults();

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void allJoinThroughOneSeed(long seed) {
    Simulation mesh = new Simulation(seed, CONFIG);
    for (int i = 0; i < NODES; i++) {
      mesh.start(host(i), Simulation.stateOf(host(i)), seeds(0));
    }
    assertThat(mesh.runUntil(JOIN, () -> agree(mesh))).as("seed %d: all see all", seed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void allJoinThroughAnySeedWhicheverStartsFirst(long seed) {
    Simulation mesh = new Simulation(seed, CONFIG);
    for (int i = NODES - 1; i >= 0; i--) {
      mesh.start(host(i), Simulation.stateOf(host(i)), seeds((i + 7) % NODES, 3));
      mesh.run(Duration.ofMillis(300));
    }
    assertThat(mesh.runUntil(JOIN, () -> agree(mesh))).as("seed %d: all see all", seed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 7})
  void labelsAndModelsReachEveryoneInspiteOfLoss(long seed) {
    Simulation mesh = joined(seed, NODES);
    mesh.network().loss(0.10);
    SimNode holder = mesh.nodes().get(17);
    SimNode other = mesh.nodes().get(30);
    holder.publish(state(holder, "tier", "gold", 200));
    other.publish(state(other, "tier", "lead", 1));
    assertThat(mesh.runUntil(Duration.ofMinutes(3), () -> agree(mesh)))
        .as("seed %d: all see the same state", seed)
        .isTrue();
    Member seen = mesh.nodes().get(3).view().member(holder.id()).orElseThrow();
    assertThat(seen.state().models()).as("seed %d", seed).hasSize(200);
    assertThat(seen.state().labels()).as("seed %d", seed).containsEntry("tier", "gold");

    holder.publish(state(holder, "tier", "gold", 3));
    assertThat(mesh.runUntil(Duration.ofMinutes(3), () -> agree(mesh)))
        .as("seed %d: all see the models unloaded", seed)
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {38, 39, 40})
  void aSmallMeshKnowsAtOnceWhatAMemberHolds(long seed) {
    Simulation mesh = joined(seed, 4);
    // Until what they said as they joined is told.
    mesh.run(Duration.ofMinutes(1));
    SimNode holder = mesh.nodes().get(2);
    holder.publish(state(holder, "tier", "gold", 2));
    assertThat(mesh.runUntil(Duration.ofMillis(250), () -> agree(mesh)))
        .as("seed %d: a model is loaded for all once it is loaded", seed)
        .isTrue();
  }

  @Test
  void antiEntropyAloneBringsTwoHundredModelsToALatecomer() {
    long seed = 8;
    Simulation mesh = joined(seed, 5);
    SimNode holder = mesh.nodes().get(2);
    holder.publish(state(holder, "tier", "gold", 200));
    mesh.run(Duration.ofMinutes(5));
    SimNode late = mesh.start("late", Simulation.stateOf("late"), seeds(0));
    assertThat(mesh.runUntil(Duration.ofSeconds(60), () -> agree(mesh)))
        .as("seed %d: the latecomer %s holds all", seed, late.host())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {9, 10})
  void survivorsSeeTheKilledDeadAndNobodyElse(long seed) {
    Simulation mesh = joined(seed, NODES);
    List<SimNode> killed = mesh.nodes().subList(20, 25);
    killed.forEach(mesh::crash);
    Duration bound = Duration.ofSeconds(30);
    boolean seen =
        mesh.runUntil(
            bound,
            () ->
                mesh.running().stream()
                    .allMatch(
                        survivor ->
                            killed.stream()
                                .allMatch(dead -> survivor.statusOf(dead) == Status.DEAD)));
    assertThat(seen).as("seed %d: all five are dead to all within %s", seed, bound).isTrue();
    mesh.run(Duration.ofSeconds(30));
    assertThat(deathsOfTheLiving(mesh)).as("seed %d: deaths of the living", seed).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {12, 13})
  void fivePercentLossKillsNobodyInTenMinutes(long seed) {
    Simulation mesh = joined(seed, NODES);
    mesh.network().loss(0.05);
    mesh.run(Duration.ofMinutes(10));
    assertThat(deathsOfTheLiving(mesh)).as("seed %d: deaths of the living", seed).isEmpty();
    assertThat(mesh.runUntil(Duration.ofMinutes(1), () -> agree(mesh)))
        .as("seed %d: all see all", seed)
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {14, 15, 118})
  void aSlowNodeStaysAndIsReached(long seed) {
    Simulation mesh = joined(seed, NODES);
    SimNode slow = mesh.nodes().get(31);
    mesh.network().slow(slow.host(), Duration.ofMillis(700).toNanos());
    mesh.run(Duration.ofMinutes(2));
    assertThat(deathsOfTheLiving(mesh)).as("seed %d: deaths of the living", seed).isEmpty();
    assertThat(mesh.running())
        .as("seed %d: those that reach it, though each answer takes 1.4 s", seed)
        .filteredOn(node -> node != slow)
        .filteredOn(node -> node.reachability(slow).equals(Reachability.DIRECT))
        .hasSizeGreaterThan(NODES * 8 / 10);
  }

  @ParameterizedTest
  @CsvSource({"40, 2, 1", "41, 16, 2", "42, 32, 16"})
  void starvedMembersBuryNoneOfTheHealthy(long seed, int starvedSeconds, int pauseSeconds) {
    Simulation mesh = joined(seed, NODES);
    List<SimNode> starved = mesh.nodes().subList(10, 18);
    int before = mesh.trace().size();
    for (int second = 0; second < 200; second += starvedSeconds + pauseSeconds) {
      starved.forEach(node -> mesh.starve(node, Duration.ofSeconds(starvedSeconds)));
      mesh.run(Duration.ofSeconds(starvedSeconds + pauseSeconds));
    }
    List<String> deaths =
        mesh.trace().subList(before, mesh.trace().size()).stream()
            .filter(line -> line.contains(" Died["))
            .filter(line -> starved.stream().noneMatch(node -> line.contains("=" + node.id())))
            .filter(
                line -> starved.stream().noneMatch(node -> line.contains(" " + node.host() + " ")))
            .toList();
    assertThat(deaths).as("seed %d: deaths of the healthy, seen by the healthy", seed).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {16, 17})
  void theSidesOfAPartitionFindEachOtherAgain(long seed) {
    Simulation mesh = joined(seed, NODES);
    List<String> hosts = mesh.nodes().stream().map(SimNode::host).toList();
    mesh.network().partition(hosts.subList(0, 25), hosts.subList(25, 50));
    SimNode here = mesh.nodes().get(0);
    SimNode there = mesh.nodes().get(49);
    assertThat(
            mesh.runUntil(
                Duration.ofMinutes(3),
                () -> here.statusOf(there) == Status.DEAD && there.statusOf(here) == Status.DEAD))
        .as("seed %d: the sides bury each other", seed)
        .isTrue();
    mesh.run(Duration.ofMinutes(2));
    here.publish(state(here, "side", "left", 1));
    mesh.network().heal();
    assertThat(mesh.runUntil(Duration.ofSeconds(60), () -> agree(mesh)))
        .as("seed %d: all see all after the heal", seed)
        .isTrue();
  }

  @Test
  void evenSidesThatForgotEachOtherMeetAgainThroughSeeds() {
    long seed = 19;
    Simulation mesh = joined(seed, 10);
    List<String> hosts = mesh.nodes().stream().map(SimNode::host).toList();
    mesh.network().partition(hosts.subList(0, 5), hosts.subList(5, 10));
    mesh.run(Duration.ofMinutes(15));
    assertThat(mesh.nodes().get(9).view().members()).as("seed %d", seed).hasSize(5);
    mesh.network().heal();
    assertThat(mesh.runUntil(Duration.ofMinutes(2), () -> agree(mesh)))
        .as("seed %d: all see all after the heal", seed)
        .isTrue();
  }

  @Test
  void aOneWayCutKillsNobodySinceOthersStillReachBothEnds() {
    long seed = 20;
    Simulation mesh = joined(seed, NODES);
    mesh.network().cutOneWay(host(4), host(5));
    mesh.run(Duration.ofMinutes(5));
    assertThat(deathsOfTheLiving(mesh)).as("seed %d: deaths of the living", seed).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22})
  void aRestartedNodeReplacesItsOldSelfWithNoGhost(long seed) {
    Simulation mesh = joined(seed, NODES);
    SimNode old = mesh.nodes().get(12);
    old.publish(state(old, "life", "first", 20));
    mesh.run(Duration.ofSeconds(20));
    mesh.crash(old);
    mesh.run(Duration.ofSeconds(2));
    SimNode again = mesh.start(old.host(), Simulation.stateOf(old.host()), seeds(0));
    assertThat(mesh.runUntil(Duration.ofSeconds(30), () -> agree(mesh)))
        .as("seed %d: all see the new life", seed)
        .isTrue();
    mesh.run(Duration.ofMinutes(1));
    for (SimNode node : mesh.running()) {
      Member seen = node.view().member(again.id()).orElseThrow();
      assertThat(seen.incarnation() >>> 32).as("seed %d: boot epoch", seed).isEqualTo(2);
      assertThat(seen.state().models()).as("seed %d: models of the old life", seed).isEmpty();
      assertThat(seen.status()).as("seed %d", seed).isEqualTo(Status.ALIVE);
    }
  }

  /** A disk lost (epoch 1) or restored (epoch 5 again), whatever the mesh thinks of the node. */
  @ParameterizedTest
  @CsvSource({
    "CRASHED, 1",
    "CRASHED, 5",
    "DEAD, 1",
    "DEAD, 5",
    "LEFT, 1",
    "LEFT, 5",
    "GONE, 1",
    "GONE, 5"
  })
  void aNodeThatLostItsBootEpochComesBackWithNoGhost(Absence absence, int epochAfter) {
    long seed = 31;
    Simulation mesh = joined(seed, 8);
    String host = "lost";
    SimNode before = mesh.start(host, 5, Simulation.stateOf(host), seeds(0));
    before.publish(state(before, "life", "first", 3));
    mesh.run(Duration.ofSeconds(30));
    absence.happen(mesh, before);

    SimNode again = mesh.start(host, epochAfter, Simulation.stateOf(host), seeds(0));
    again.publish(state(again, "other", "second", 2));
    mesh.run(Duration.ofMinutes(2));

    for (SimNode node : mesh.running()) {
      Member seen = node.view().member(again.id()).orElseThrow();
      String what = "seed %d: %s, seen by %s".formatted(seed, absence, node.host());
      assertThat(seen.status()).as(what).isEqualTo(Status.ALIVE);
      assertThat(seen.state())
          .as(what)
          .isEqualTo(again.view().member(again.id()).orElseThrow().state());
      assertThat(seen.state().models()).as(what).hasSize(2);
    }
  }

  private enum Absence {
    CRASHED,
    DEAD,
    LEFT,
    GONE;

    void happen(Simulation mesh, SimNode node) {
      if (this == LEFT || this == GONE) {
        mesh.leave(node);
      } else {
        mesh.crash(node);
      }
      Duration away =
          switch (this) {
            case CRASHED -> Duration.ofMillis(100);
            case DEAD, LEFT -> Duration.ofMinutes(1);
            case GONE ->
                Duration.ofMillis(GossipConfig.defaults().forgetAfterMillis()).plusMinutes(2);
          };
      mesh.run(away);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {23})
  void aNodeThatSaysGoodbyeHasLeftAndIsForgottenLater(long seed) {
    Simulation mesh = joined(seed, NODES);
    SimNode leaver = mesh.nodes().get(40);
    mesh.leave(leaver);
    assertThat(
            mesh.runUntil(
                Duration.ofSeconds(10),
                () ->
                    mesh.running().stream()
                        .filter(node -> node != leaver)
                        .allMatch(node -> node.statusOf(leaver) == Status.LEFT)))
        .as("seed %d: all see it gone", seed)
        .isTrue();
    mesh.run(Duration.ofMinutes(12));
    assertThat(mesh.running()).as("seed %d", seed).hasSize(NODES - 1);
    for (SimNode node : mesh.running()) {
      assertThat(node.view().members()).as("seed %d", seed).hasSize(NODES - 1);
    }
  }

  /** It slept while one died, was forgotten, and one took back what it had said. */
  @ParameterizedTest
  @ValueSource(longs = {33, 34})
  void aNodeThatSleptPastTheForgettingBringsNothingBack(long seed) {
    Simulation mesh = joined(seed, 10);
    SimNode sleeper = mesh.nodes().get(7);
    SimNode other = mesh.nodes().get(5);
    other.publish(state(other, "said", "before", 20));
    mesh.run(Duration.ofSeconds(30));
    mesh.starve(sleeper, Duration.ofMinutes(15));
    mesh.run(Duration.ofSeconds(30));
    SimNode gone = mesh.nodes().get(3);
    mesh.crash(gone);
    other.publish(state(other, "said", "after", 2));
    mesh.run(Duration.ofMinutes(14));
    assertThat(mesh.nodes().get(1).view().members())
        .as("seed %d: both are forgotten", seed)
        .doesNotContainKeys(gone.id(), sleeper.id());

    int before = mesh.trace().size();
    mesh.start("late", Simulation.stateOf("late"), List.of(sleeper.endpoint()));
    assertThat(mesh.runUntil(Duration.ofSeconds(90), () -> agree(mesh)))
        .as("seed %d: it is back, and sees what the others see", seed)
        .isTrue();
    mesh.run(Duration.ofMinutes(2));
    assertThat(mesh.trace().subList(before, mesh.trace().size()))
        .as("seed %d: nobody takes in the dead", seed)
        .noneMatch(line -> line.contains("Joined[id=" + gone.id()));
    for (SimNode node : mesh.running()) {
      assertThat(node.view().members())
          .as("seed %d: seen by %s", seed, node.host())
          .doesNotContainKey(gone.id());
    }
  }

  /** The first has no seed but itself: they know each other's addresses. */
  @Test
  void aMeshThatSleptAsAWholeComesTogetherAgain() {
    long seed = 35;
    Simulation mesh = joined(seed, NODES);
    mesh.nodes().forEach(node -> mesh.starve(node, Duration.ofMinutes(20)));
    mesh.run(Duration.ofMinutes(20));
    assertThat(mesh.runUntil(Duration.ofSeconds(30), () -> agree(mesh)))
        .as("seed %d: all see all", seed)
        .isTrue();
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    Simulation first = eventfulRun(25);
    Simulation second = eventfulRun(25);
    assertThat(second.trace()).as("seed 25").isEqualTo(first.trace());
    assertThat(second.packets()).as("seed 25").isEqualTo(first.packets());
    assertThat(second.packetHash()).as("seed 25").isEqualTo(first.packetHash());
    assertThat(eventfulRun(26).packetHash()).as("another seed").isNotEqualTo(first.packetHash());
  }

  private static Simulation eventfulRun(long seed) {
    Simulation mesh = joined(seed, 20);
    mesh.network().loss(0.1);
    mesh.nodes().get(3).publish(state(mesh.nodes().get(3), "tier", "gold", 5));
    mesh.crash(mesh.nodes().get(5));
    mesh.run(Duration.ofSeconds(30));
    mesh.leave(mesh.nodes().get(6));
    mesh.start(host(5), Simulation.stateOf(host(5)), seeds(0));
    mesh.run(Duration.ofSeconds(30));
    return mesh;
  }

  private static Simulation joined(long seed, int nodes) {
    return joined(seed, nodes, CONFIG);
  }

  private static Simulation joined(long seed, int nodes, GossipConfig config) {
    Simulation mesh = new Simulation(seed, config);
    for (int i = 0; i < nodes; i++) {
      mesh.start(host(i), Simulation.stateOf(host(i)), seeds(0, 1));
    }
    assertThat(mesh.runUntil(JOIN, () -> agree(mesh))).as("seed %d: all join", seed).isTrue();
    return mesh;
  }

  /** Every running node sees every running node alive, and as it sees itself. */
  private static boolean agree(Simulation mesh) {
    List<SimNode> running = mesh.running();
    for (SimNode seen : running) {
      Member self = seen.view().member(seen.id()).orElseThrow();
      for (SimNode node : running) {
        Member member = node.view().members().get(seen.id());
        if (member == null
            || member.status() != Status.ALIVE
            || member.incarnation() != self.incarnation()
            || !member.state().equals(self.state())) {
          return false;
        }
      }
    }
    return true;
  }

  private static List<String> deathsOfTheLiving(Simulation mesh) {
    List<String> deaths = new ArrayList<>();
    for (SimNode node : mesh.running()) {
      String death = "Died[id=" + node.id();
      for (String line : mesh.trace()) {
        if (line.contains(death)) {
          deaths.add(line);
        }
      }
    }
    return deaths;
  }

  private static NodeState state(SimNode node, String label, String text, int models) {
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put(label, text);
    List<Residency> held = new ArrayList<>();
    for (int i = 0; i < models; i++) {
      String manifest = "%064x".formatted(i + 1);
      held.add(new Residency("model-%03d".formatted(i), 1, manifest, Residency.State.READY));
    }
    return new NodeState(node.endpoint(), new Endpoint(node.host(), 8001), "", labels, held);
  }

  private static String host(int number) {
    return "n%02d".formatted(number);
  }

  private static List<Endpoint> seeds(int... numbers) {
    List<Endpoint> seeds = new ArrayList<>();
    for (int number : numbers) {
      seeds.add(Simulation.endpointOf(host(number)));
    }
    return seeds;
  }
}
