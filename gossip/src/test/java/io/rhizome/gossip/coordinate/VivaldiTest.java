// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.coordinate;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Fixtures;
import java.util.Random;
import java.util.function.LongFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The thresholds are those of serf's own tests, at as many nodes and rounds. */
class VivaldiTest {
  private static final int NODES = 25;
  private static final int ROUNDS = 1_000;
  private static final int SEEDS = 5;
  private static final double NANOS_PER_SECOND = 1e9;

  /** Seconds between two nodes. */
  private interface Distances {
    double between(int one, int other);
  }

  @Example
  void learnsAGrid() {
    assertThat(
            meanError(seed -> (i, j) -> 0.010 * Math.hypot(i % 5 - j % 5, i / 5 - j / 5), ROUNDS))
        .isLessThanOrEqualTo(0.0016);
  }

  @Example
  void learnsTwoSitesFarApart() {
    assertThat(meanError(seed -> (i, j) -> 0.001 + ((i <= 12) == (j <= 12) ? 0 : 0.010), ROUNDS))
        .isLessThanOrEqualTo(0.00006);
  }

  @Example
  void doesAsWellAsCanBeWhereNoSpaceFits() {
    assertThat(meanError(VivaldiTest::random, ROUNDS)).isLessThanOrEqualTo(0.075);
  }

  @Example
  void staysThereHoweverLongItRuns() {
    assertThat(errorOf(random(1), 10_000, 1)).isLessThanOrEqualTo(0.075);
  }

  @Example
  void theSameSeedGivesTheSameCoordinates() {
    assertThat(learn(random(7), 50, 7)[3].coordinate())
        .isEqualTo(learn(random(7), 50, 7)[3].coordinate());
  }

  @Example
  void aNodeThatKnowsNothingSaysSo() {
    RttEstimate estimate = Coordinate.ORIGIN.estimate(new Vivaldi(new Random(1)).coordinate());
    assertThat(estimate.errorNanos()).isGreaterThan(estimate.rttNanos());
  }

  @Example
  void noRoundTripAtAllChangesNothing() {
    Vivaldi vivaldi = learn(random(2), 10, 2)[0];
    Coordinate before = vivaldi.coordinate();
    for (long bad : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 10_000_000_001L}) {
      vivaldi.observe(Fixtures.id(1), Coordinate.ORIGIN, bad);
    }
    assertThat(vivaldi.coordinate()).isEqualTo(before);
  }

  /** A liar's coordinate, certainty and delay are of its choosing. */
  @Property(tries = 500)
  void oneAnswerMovesANodeByNoMoreThanAStep(
      @ForAll("coordinates") Coordinate lie, @ForAll("roundTrips") long rttNanos) {
    Vivaldi vivaldi = learn(random(3), 20, 3)[0];
    Coordinate before = vivaldi.coordinate();
    vivaldi.observe(Fixtures.id(99), lie, rttNanos);
    Coordinate after = vivaldi.coordinate();
    double slack = 0.001;
    assertThat(moved(before, after)).isLessThanOrEqualTo(Vivaldi.MAX_STEP_SECONDS + slack);
    assertThat((double) Math.abs(after.height() - before.height()))
        .isLessThanOrEqualTo(Vivaldi.MAX_STEP_SECONDS + slack);
    assertThat((double) Math.abs(after.adjustment() - before.adjustment()))
        .isLessThanOrEqualTo(Vivaldi.MAX_STEP_SECONDS / 10);
  }

  /** {@link Coordinate#of} refuses what is out of bounds, so that no exception is the proof. */
  @Property(tries = 20)
  void nothingThatPeersSayLeavesTheBounds(@ForAll long seed) {
    Random random = new Random(seed);
    Vivaldi vivaldi = new Vivaldi(new Random(seed));
    for (int i = 0; i < 5_000; i++) {
      long rtt = random.nextInt(4) == 0 ? random.nextLong() : random.nextLong(1L << (i % 34 + 1));
      vivaldi.observe(Fixtures.id(random.nextInt(3)), extreme(random), rtt);
    }
    assertThat(vivaldi.coordinate().estimate(Coordinate.ORIGIN).rttNanos()).isPositive();
  }

  @Provide
  Arbitrary<Long> roundTrips() {
    return Arbitraries.longs().between(1, Vivaldi.MAX_RTT_NANOS);
  }

  @Provide
  Arbitrary<Coordinate> coordinates() {
    return Combinators.combine(
            Arbitraries.floats().between(-10, 10).array(float[].class).ofSize(8),
            Arbitraries.floats().between(0.01f, 10),
            Arbitraries.floats().between(-10, 10),
            Arbitraries.floats().between(0, 1.5f))
        .as(Coordinate::of);
  }

  private static Coordinate extreme(Random random) {
    float[] point = new float[Coordinate.DIMENSIONS];
    for (int i = 0; i < point.length; i++) {
      point[i] = Coordinate.MAX_SECONDS * (random.nextInt(3) - 1);
    }
    return Coordinate.of(
        point,
        random.nextBoolean() ? Coordinate.MAX_SECONDS : Coordinate.MIN_HEIGHT_SECONDS,
        Coordinate.MAX_SECONDS * (random.nextInt(3) - 1),
        random.nextBoolean() ? 0 : Coordinate.MAX_ERROR);
  }

  private static Distances random(long seed) {
    Random random = new Random(seed);
    double[][] seconds = new double[NODES][NODES];
    for (int i = 0; i < NODES; i++) {
      for (int j = 0; j < i; j++) {
        seconds[i][j] = 0.100 + 0.010 * random.nextGaussian();
        seconds[j][i] = seconds[i][j];
      }
    }
    return (i, j) -> seconds[i][j];
  }

  private static double meanError(LongFunction<Distances> made, int rounds) {
    double sum = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      sum += errorOf(made.apply(seed), rounds, seed);
    }
    return sum / SEEDS;
  }

  private static double errorOf(Distances truth, int rounds, long seed) {
    Vivaldi[] nodes = learn(truth, rounds, seed);
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < NODES; i++) {
      for (int j = 0; j < i; j++) {
        RttEstimate estimate = nodes[i].coordinate().estimate(nodes[j].coordinate());
        sum += Math.abs(estimate.rttNanos() / NANOS_PER_SECOND / truth.between(i, j) - 1);
        pairs++;
      }
    }
    return sum / pairs;
  }

  /** Each node probes one node a round, drawn anew. */
  private static Vivaldi[] learn(Distances truth, int rounds, long seed) {
    Random random = new Random(seed);
    Vivaldi[] nodes = new Vivaldi[NODES];
    for (int i = 0; i < NODES; i++) {
      nodes[i] = new Vivaldi(new Random(random.nextLong()));
    }
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < NODES; i++) {
        int j = random.nextInt(NODES);
        if (i != j) {
          long rtt = Math.round(truth.between(i, j) * NANOS_PER_SECOND);
          nodes[i].observe(Fixtures.id(j), nodes[j].coordinate(), rtt);
        }
      }
    }
    return nodes;
  }

  private static double moved(Coordinate before, Coordinate after) {
    double squares = 0;
    for (int i = 0; i < Coordinate.DIMENSIONS; i++) {
      double difference = (double) after.component(i) - before.component(i);
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }
}
