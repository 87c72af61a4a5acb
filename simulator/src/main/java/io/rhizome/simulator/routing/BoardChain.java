// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import java.util.SplittableRandom;

/**
 * Least loaded by a periodic board, derived apart from the simulator: a uniformized Markov chain of
 * queue lengths, whose mean gives the mean time in system by Little's law. Shares no code with it
 * but the source of randomness.
 */
final class BoardChain {
  private BoardChain() {}

  /**
   * Mean time in system, in mean run times.
   *
   * @param rho load of each server
   * @param age how often the board is renewed, in mean run times; 0 for always true
   */
  static double meanTime(
      SplittableRandom random, int servers, double rho, double age, double warmUp, double counted) {
    int[] queues = new int[servers];
    int[] board = new int[servers];
    int[] least = new int[servers];
    int leastCount = leastOf(board, least);
    double rate = servers * (rho + 1);
    double now = 0;
    double renewal = age;
    double area = 0;
    long total = 0;
    while (now < warmUp + counted) {
      double step = -StrictMath.log(1 - random.nextDouble()) / rate;
      if (now >= warmUp) {
        area += total * step;
      }
      now += step;
      while (age > 0 && now >= renewal) {
        System.arraycopy(queues, 0, board, 0, servers);
        leastCount = leastOf(board, least);
        renewal += age;
      }
      if (random.nextDouble() * (rho + 1) < rho) {
        if (age == 0) {
          leastCount = leastOf(queues, least);
        }
        queues[least[random.nextInt(leastCount)]]++;
        total++;
      } else {
        int server = random.nextInt(servers);
        if (queues[server] > 0) {
          queues[server]--;
          total--;
        }
      }
    }
    return area / counted / (rho * servers);
  }

  /** Puts those of the least value in front; says how many. */
  private static int leastOf(int[] values, int[] least) {
    int count = 0;
    int min = Integer.MAX_VALUE;
    for (int i = 0; i < values.length; i++) {
      if (values[i] < min) {
        min = values[i];
        count = 0;
      }
      if (values[i] == min) {
        least[count++] = i;
      }
    }
    return count;
  }
}
