// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.node.jobs.ignite.Neighbour.Group;
import io.rhizome.node.jobs.ignite.SitePlan.Action;
import io.rhizome.node.jobs.ignite.SitePlan.Kind;
import io.rhizome.node.jobs.ignite.SitePlan.Ring;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class SitePlanTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long GONE = 60 * SECOND;
  private static final InetSocketAddress ANYWHERE = InetSocketAddress.createUnresolved("x", 1);

  private static Neighbour silent(String name) {
    return new Neighbour(name, Optional.empty());
  }

  private static Neighbour idle(String name) {
    return new Neighbour(name, Optional.of(new Neighbour.Part(ANYWHERE, true, Optional.empty())));
  }

  private static Neighbour in(String name, Group group) {
    return new Neighbour(name, Optional.of(new Neighbour.Part(ANYWHERE, true, Optional.of(group))));
  }

  private static Optional<Ring> ring(
      boolean active, String lead, Set<String> present, Set<String> counted) {
    return Optional.of(
        new Ring(active, false, lead, new TreeSet<>(present), new TreeSet<>(counted)));
  }

  private static SitePlan plan(String self, boolean founded) {
    return new SitePlan(self, founded, GONE, 0);
  }

  private static Kind kind(Action action) {
    return action.kind();
  }

  @Test
  void aNodeAloneFoundsItsSiteAtOnce() {
    assertThat(kind(plan("a", false).next(0, List.of(), Optional.empty()))).isEqualTo(Kind.START);
  }

  @Test
  void ofNewNodesTheFirstByNameFoundsAndTheOthersJoinIt() {
    assertThat(kind(plan("a", false).next(0, List.of(idle("b")), Optional.empty())))
        .isEqualTo(Kind.START);
    SitePlan second = plan("b", false);
    assertThat(kind(second.next(0, List.of(idle("a")), Optional.empty()))).isEqualTo(Kind.NOTHING);
    List<Neighbour> founded = List.of(in("a", new Group("a", 1, true)));
    assertThat(kind(second.next(SECOND, founded, Optional.empty()))).isEqualTo(Kind.START);
  }

  @Test
  void doesNotWaitForOneThatHasNoUseForJobs() {
    Neighbour idle =
        new Neighbour("a", Optional.of(new Neighbour.Part(ANYWHERE, false, Optional.empty())));
    assertThat(kind(plan("b", false).next(0, List.of(idle), Optional.empty())))
        .isEqualTo(Kind.START);
  }

  @Test
  void waitsForAFirstThatNeverBeginsOnlySoLong() {
    SitePlan second = plan("b", false);
    assertThat(kind(second.next(SitePlan.FOUNDER_NANOS - 1, List.of(idle("a")), Optional.empty())))
        .isEqualTo(Kind.NOTHING);
    assertThat(kind(second.next(SitePlan.FOUNDER_NANOS, List.of(idle("a")), Optional.empty())))
        .isEqualTo(Kind.START);
  }

  @Test
  void aNodeWithAStoreOnlyWaitsToHearOfTheOthers() {
    SitePlan plan = plan("b", true);
    assertThat(kind(plan.next(0, List.of(silent("a")), Optional.empty()))).isEqualTo(Kind.NOTHING);
    assertThat(kind(plan.next(0, List.of(idle("a")), Optional.empty()))).isEqualTo(Kind.START);
    assertThat(
            kind(
                plan("b", true).next(SitePlan.HELLO_NANOS, List.of(silent("a")), Optional.empty())))
        .isEqualTo(Kind.START);
  }

  @Test
  void onlyAMajorityOfThoseThatStoreJobsActivates() {
    Set<String> three = Set.of("a", "b", "c");
    SitePlan plan = plan("a", true);
    assertThat(kind(plan.next(0, List.of(), ring(false, "a", Set.of("a"), three))))
        .isEqualTo(Kind.NOTHING);
    assertThat(kind(plan.next(GONE, List.of(), ring(false, "a", Set.of("a"), three))))
        .as("however long it waits")
        .isEqualTo(Kind.NOTHING);
    assertThat(kind(plan.next(GONE, List.of(), ring(false, "a", Set.of("a", "c"), three))))
        .isEqualTo(Kind.ACTIVATE);
    assertThat(
            kind(plan("c", true).next(GONE, List.of(), ring(false, "a", Set.of("a", "c"), three))))
        .as("the oldest does it")
        .isEqualTo(Kind.NOTHING);
  }

  @Test
  void oneOfAStoppedSiteOfTwoGoesOnAloneAfterAWhile() {
    Optional<Ring> half = ring(false, "a", Set.of("a"), Set.of("a", "b"));
    SitePlan plan = plan("a", true);
    assertThat(kind(plan.next(0, List.of(), half))).isEqualTo(Kind.NOTHING);
    assertThat(kind(plan.next(SitePlan.ALONE_NANOS, List.of(), half))).isEqualTo(Kind.ACTIVATE);
  }

  @Test
  void countsANewcomerOnceItStayed() {
    SitePlan plan = plan("a", true);
    assertThat(kind(plan.next(0, List.of(), ring(true, "a", Set.of("a"), Set.of("a")))))
        .isEqualTo(Kind.NOTHING);
    Optional<Ring> joined = ring(true, "a", Set.of("a", "b"), Set.of("a"));
    assertThat(kind(plan.next(SECOND, List.of(), joined))).isEqualTo(Kind.NOTHING);
    Action counting = plan.next(SECOND + SitePlan.STAYS_NANOS, List.of(), joined);
    assertThat(kind(counting)).isEqualTo(Kind.COUNT);
    assertThat(counting.counted()).containsExactly("a", "b");
  }

  @Test
  void aSiteOfThreeCountsADeadNodeUntilItIsLongGone() {
    SitePlan plan = plan("a", true);
    Set<String> three = Set.of("a", "b", "c");
    Optional<Ring> two = ring(true, "a", Set.of("a", "b"), three);
    assertThat(kind(plan.next(0, List.of(), two))).isEqualTo(Kind.NOTHING);
    assertThat(kind(plan.next(GONE - 1, List.of(), two))).isEqualTo(Kind.NOTHING);
    Action counting = plan.next(GONE, List.of(), two);
    assertThat(kind(counting)).isEqualTo(Kind.COUNT);
    assertThat(counting.counted()).containsExactly("a", "b");
    assertThat(kind(plan("a", true).next(GONE, List.of(), ring(true, "a", Set.of("a"), three))))
        .as("a minority counts nobody out")
        .isEqualTo(Kind.NOTHING);
  }

  @Test
  void theSurvivorOfTwoCountsItselfAloneAtOnce() {
    Action counting =
        plan("b", true).next(0, List.of(), ring(true, "b", Set.of("b"), Set.of("a", "b")));
    assertThat(kind(counting)).isEqualTo(Kind.COUNT);
    assertThat(counting.counted()).containsExactly("b");
  }

  @Test
  void ofTwoClustersTheSmallerGivesWayOnceTheySawEachOtherForAWhile() {
    List<Neighbour> larger =
        List.of(in("b", new Group("b", 2, true)), in("c", new Group("b", 2, true)));
    Optional<Ring> alone = ring(true, "a", Set.of("a"), Set.of("a"));
    SitePlan plan = plan("a", true);
    assertThat(kind(plan.next(0, larger, alone))).isEqualTo(Kind.NOTHING);
    assertThat(kind(plan.next(SitePlan.TWO_NANOS, larger, alone))).isEqualTo(Kind.MERGE);
    Optional<Ring> minority = ring(true, "a", Set.of("a"), Set.of("a", "b", "c"));
    SitePlan other = plan("a", true);
    assertThat(kind(other.next(0, larger, minority))).isEqualTo(Kind.NOTHING);
    assertThat(kind(other.next(SitePlan.TWO_NANOS, larger, minority)))
        .as("it wrote nothing")
        .isEqualTo(Kind.RESTART);
    Optional<Ring> pair = ring(true, "b", Set.of("b", "c"), Set.of("b", "c"));
    SitePlan stays = plan("b", true);
    List<Neighbour> smaller = List.of(in("a", new Group("a", 1, true)));
    assertThat(kind(stays.next(0, smaller, pair))).isEqualTo(Kind.NOTHING);
    assertThat(kind(stays.next(GONE, smaller, pair))).isEqualTo(Kind.NOTHING);
  }

  @Test
  void aSegmentedNodeBeginsAnew() {
    Ring ring =
        new Ring(true, true, "a", new TreeSet<>(Set.of("a")), new TreeSet<>(Set.of("a", "b")));
    assertThat(kind(plan("a", true).next(0, List.of(), Optional.of(ring)))).isEqualTo(Kind.RESTART);
  }
}
