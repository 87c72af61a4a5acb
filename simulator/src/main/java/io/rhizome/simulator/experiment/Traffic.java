// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.simulator.SimNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Bytes per second that nodes send and receive, from one moment to another. */
final class Traffic {
  /** A life of less says more about its start than about the node. */
  private static final double SHORTEST_LIFE_SECONDS = 60;

  private final Population population;
  private final Map<SimNode, Life> lives = new LinkedHashMap<>();
  private double endedBytes;
  private double endedSeconds;
  private double worstEnded;

  private record Life(long bytes, long atNanos) {}

  /**
   * What was found.
   *
   * @param mean all bytes over all seconds that nodes ran
   * @param worst of one life of one node
   */
  record Rates(double mean, double worst) {}

  /** From now on. */
  Traffic(Population population) {
    this.population = population;
    startAnew();
  }

  /** Forgets what was; from now on. */
  void startAnew() {
    lives.clear();
    endedBytes = 0;
    endedSeconds = 0;
    worstEnded = 0;
    for (int number : population.running()) {
      begins(number);
    }
  }

  /** A life began, or begins to count. */
  void begins(int number) {
    SimNode node = population.node(number);
    lives.put(node, new Life(bytes(node), population.nowNanos()));
  }

  /** A life ends now; what it cost is kept, the life is not. */
  void ends(int number) {
    SimNode node = population.node(number);
    Life life = lives.remove(node);
    if (life != null) {
      endedBytes += bytes(node) - life.bytes();
      endedSeconds += seconds(life);
      worstEnded = Math.max(worstEnded, rate(node, life));
    }
  }

  /** Up to now. */
  Rates rates() {
    double bytes = endedBytes;
    double seconds = endedSeconds;
    double worst = worstEnded;
    for (Map.Entry<SimNode, Life> entry : lives.entrySet()) {
      bytes += bytes(entry.getKey()) - entry.getValue().bytes();
      seconds += seconds(entry.getValue());
      worst = Math.max(worst, rate(entry.getKey(), entry.getValue()));
    }
    return new Rates(seconds == 0 ? 0 : bytes / seconds, worst);
  }

  private double rate(SimNode node, Life life) {
    double seconds = seconds(life);
    return seconds < SHORTEST_LIFE_SECONDS ? 0 : (bytes(node) - life.bytes()) / seconds;
  }

  private double seconds(Life life) {
    return (population.nowNanos() - life.atNanos()) / 1e9;
  }

  private static long bytes(SimNode node) {
    return node.sentBytes() + node.receivedBytes();
  }
}
