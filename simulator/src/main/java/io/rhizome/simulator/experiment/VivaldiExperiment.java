// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.coordinate.RttEstimate;
import io.rhizome.gossip.coordinate.Vivaldi;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How well nodes estimate round trips that they never measured: on a clustered matrix that breaks
 * the triangle inequality, every measurement off by 10%; and on the three of serf's own tests. Each
 * node probes one other a second, as the failure detector does, and meets it once a round.
 */
public final class VivaldiExperiment implements Experiment {
  private static final double JITTER = 0.10;
  private static final int SMALL_NODES = 25;
  private static final int SMALL_ROUNDS = 1_000;
  private static final int SMALL_SEEDS = 5;
  private static final double MILLI = 1e6;

  private final Plan plan;

  /**
   * How much of it.
   *
   * @param nodes how many
   * @param length how long they probe, in virtual time
   */
  public record Plan(int nodes, Duration length) {
    /** As required; it takes seconds. */
    public static Plan full() {
      return new Plan(1_000, Duration.ofMinutes(10));
    }
  }

  /** Round trips in nanoseconds. */
  private interface Truth {
    double between(int one, int other);
  }

  /** An experiment of that plan. */
  public VivaldiExperiment(Plan plan) {
    this.plan = plan;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    Random random = new Random(seed);
    ClusteredLatency matrix = new ClusteredLatency(plan.nodes(), new Random(random.nextLong()));
    ClusteredLatency.Violations violations = matrix.violations(new Random(random.nextLong()));
    progress.accept(
        "vivaldi: %.1f%% of triples violated, by %.0f%% in the median"
            .formatted(100 * violations.share(), 100 * violations.medianExcess()));
    Vivaldi[] nodes =
        learn(plan.nodes(), matrix::nanos, (int) plan.length().toSeconds(), JITTER, random);
    List<Double> errors = errors(nodes, matrix::nanos);
    return List.of(
        new Reading("vivaldi_p50", quantile(errors, 0.5)),
        new Reading("vivaldi_p90", quantile(errors, 0.9)),
        new Reading("vivaldi_violated_share", violations.share()),
        new Reading("vivaldi_violation_excess", violations.medianExcess()),
        new Reading("vivaldi_within_stated_error", honest(nodes, matrix::nanos)),
        new Reading("vivaldi_grid", small(seed, VivaldiExperiment::grid)),
        new Reading("vivaldi_split", small(seed, VivaldiExperiment::split)),
        new Reading("vivaldi_random", small(seed, VivaldiExperiment::random)));
  }

  /** Rounds of a second in which every node probes the next of a shuffled list of the others. */
  private static Vivaldi[] learn(int count, Truth truth, int rounds, double jitter, Random random) {
    Vivaldi[] nodes = new Vivaldi[count];
    NodeId[] ids = new NodeId[count];
    Rota[] rotas = new Rota[count];
    for (int i = 0; i < count; i++) {
      nodes[i] = new Vivaldi(new Random(random.nextLong()));
      ids[i] = NodeId.of(ByteBuffer.allocate(NodeId.BYTES).putInt(i).array());
      rotas[i] = new Rota(i, count, new Random(random.nextLong()));
    }
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < count; i++) {
        int peer = rotas[i].next();
        double noise = Math.max(0.1, 1 + jitter * random.nextGaussian());
        long rtt = Math.max(1, Math.round(truth.between(i, peer) * noise));
        nodes[i].observe(ids[peer], nodes[peer].coordinate(), rtt);
      }
    }
    return nodes;
  }

  /** Whom a node probes: everybody once, in an order drawn anew each time. */
  private static final class Rota {
    private final int[] others;
    private final Random random;
    private int left;

    Rota(int self, int count, Random random) {
      this.random = random;
      this.others = new int[count - 1];
      for (int i = 0; i < others.length; i++) {
        others[i] = i < self ? i : i + 1;
      }
    }

    int next() {
      left = left == 0 ? others.length : left;
      int drawn = random.nextInt(left--);
      int peer = others[drawn];
      others[drawn] = others[left];
      others[left] = peer;
      return peer;
    }
  }

  private static List<Double> errors(Vivaldi[] nodes, Truth truth) {
    List<Double> errors = new ArrayList<>(nodes.length * nodes.length / 2);
    for (int i = 0; i < nodes.length; i++) {
      for (int j = 0; j < i; j++) {
        long estimate = nodes[i].coordinate().estimate(nodes[j].coordinate()).rttNanos();
        errors.add(Math.abs(estimate - truth.between(i, j)) / truth.between(i, j));
      }
    }
    errors.sort(null);
    return errors;
  }

  /** The share of pairs whose true round trip lies within the error that the estimate states. */
  private static double honest(Vivaldi[] nodes, Truth truth) {
    long within = 0;
    long pairs = 0;
    for (int i = 0; i < nodes.length; i++) {
      for (int j = 0; j < i; j++) {
        RttEstimate estimate = nodes[i].coordinate().estimate(nodes[j].coordinate());
        pairs++;
        if (Math.abs(estimate.rttNanos() - truth.between(i, j)) <= estimate.errorNanos()) {
          within++;
        }
      }
    }
    return (double) within / pairs;
  }

  private static double quantile(List<Double> sorted, double share) {
    return sorted.get((int) StrictMath.ceil(share * sorted.size()) - 1);
  }

  /** Mean relative error, over several seeds, at the size of serf's tests and without noise. */
  private static double small(long seed, Function<Random, Truth> made) {
    double sum = 0;
    for (int i = 0; i < SMALL_SEEDS; i++) {
      Random random = new Random(seed + i);
      Truth truth = made.apply(random);
      List<Double> errors = errors(learn(SMALL_NODES, truth, SMALL_ROUNDS, 0, random), truth);
      sum += errors.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }
    return sum / SMALL_SEEDS;
  }

  private static Truth grid(Random unused) {
    return (i, j) -> 10 * MILLI * StrictMath.hypot(i % 5 - j % 5, i / 5 - j / 5);
  }

  private static Truth split(Random unused) {
    int half = SMALL_NODES / 2;
    return (i, j) -> (i <= half) == (j <= half) ? MILLI : 11 * MILLI;
  }

  private static Truth random(Random random) {
    double[][] millis = new double[SMALL_NODES][SMALL_NODES];
    for (int i = 0; i < SMALL_NODES; i++) {
      for (int j = 0; j < i; j++) {
        millis[i][j] = Math.max(1, 100 + 10 * random.nextGaussian());
        millis[j][i] = millis[i][j];
      }
    }
    return (i, j) -> MILLI * millis[i][j];
  }
}
