// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Round trips between nodes that stand in clusters on the globe, as on the Internet: the great
 * circle at two thirds of the speed of light, times the detour that traffic between two regions and
 * between two nodes takes, plus what each node pays for its access. Detours are what makes a way
 * over a third node shorter than the direct one. Symmetric; the same seed gives the same matrix.
 */
final class ClusteredLatency {
  private static final int REGIONS = 12;
  private static final double REGION_SPREAD = 0.03;
  // Half of the earth's circumference, there and back, at 200 km a millisecond.
  private static final double HALF_WAY_ROUND_MILLIS = 2 * 20_000 / 200.0;
  private static final double ACCESS_MEDIAN_MILLIS = 2;
  private static final double ACCESS_SIGMA = 0.7;
  private static final double REGION_DETOUR_SIGMA = 0.15;
  private static final double PAIR_DETOUR_SIGMA = 0.05;
  private static final int SAMPLED_TRIPLES = 300_000;

  private final double[][] nanos;

  /**
   * How often, and how badly, a detour beats the direct way.
   *
   * @param share of all triples of nodes, those where the longest of the three round trips exceeds
   *     the sum of the two others
   * @param medianExcess the longest over that sum, less one; the median over the violated triples
   */
  record Violations(double share, double medianExcess) {}

  ClusteredLatency(int nodes, Random random) {
    double[][] centres = new double[REGIONS][];
    for (int region = 0; region < REGIONS; region++) {
      centres[region] = onGlobe(new double[3], 1, random);
    }
    double[][] detours = new double[REGIONS][REGIONS];
    for (int a = 0; a < REGIONS; a++) {
      for (int b = 0; b <= a; b++) {
        detours[a][b] = 1 + Math.abs(random.nextGaussian()) * (a == b ? 0 : REGION_DETOUR_SIGMA);
        detours[b][a] = detours[a][b];
      }
    }
    int[] regionOf = new int[nodes];
    double[][] at = new double[nodes][];
    double[] access = new double[nodes];
    for (int node = 0; node < nodes; node++) {
      regionOf[node] = random.nextInt(REGIONS);
      at[node] = onGlobe(centres[regionOf[node]], REGION_SPREAD, random);
      access[node] = ACCESS_MEDIAN_MILLIS * StrictMath.exp(ACCESS_SIGMA * random.nextGaussian());
    }
    nanos = new double[nodes][nodes];
    for (int a = 0; a < nodes; a++) {
      for (int b = 0; b < a; b++) {
        double way = HALF_WAY_ROUND_MILLIS * angle(at[a], at[b]) / Math.PI;
        double detour =
            detours[regionOf[a]][regionOf[b]]
                * StrictMath.exp(PAIR_DETOUR_SIGMA * random.nextGaussian());
        nanos[a][b] = (way * detour + access[a] + access[b]) * 1e6;
        nanos[b][a] = nanos[a][b];
      }
    }
  }

  /** The round trip between two nodes. */
  double nanos(int one, int other) {
    return nanos[one][other];
  }

  /** As seen in triples drawn at random. */
  Violations violations(Random random) {
    List<Double> excesses = new ArrayList<>();
    int nodes = nanos.length;
    for (int i = 0; i < SAMPLED_TRIPLES; i++) {
      int a = random.nextInt(nodes);
      int b = (a + 1 + random.nextInt(nodes - 1)) % nodes;
      int c = random.nextInt(nodes);
      while (c == a || c == b) {
        c = random.nextInt(nodes);
      }
      double whole = nanos[a][b] + nanos[b][c] + nanos[a][c];
      double longest = Math.max(nanos[a][b], Math.max(nanos[b][c], nanos[a][c]));
      if (longest > whole - longest) {
        excesses.add(longest / (whole - longest) - 1);
      }
    }
    excesses.sort(null);
    double median = excesses.isEmpty() ? 0 : excesses.get(excesses.size() / 2);
    return new Violations((double) excesses.size() / SAMPLED_TRIPLES, median);
  }

  private static double[] onGlobe(double[] near, double spread, Random random) {
    double[] point = new double[3];
    double squares = 0;
    for (int i = 0; i < point.length; i++) {
      point[i] = near[i] + spread * random.nextGaussian();
      squares += point[i] * point[i];
    }
    for (int i = 0; i < point.length; i++) {
      point[i] /= Math.sqrt(squares);
    }
    return point;
  }

  private static double angle(double[] one, double[] other) {
    double cosine = one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
    return StrictMath.acos(Math.min(1, Math.max(-1, cosine)));
  }
}
