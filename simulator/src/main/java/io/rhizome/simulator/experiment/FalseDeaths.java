// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.SwimEvent;
import io.rhizome.simulator.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Counts each time a running node declares one dead that runs, among those that are counted, and
 * how long it holds to that.
 */
final class FalseDeaths implements Population.Watch {
  private final Population population;
  private final IntPredicate counted;
  private final Map<Pair, Death> open = new LinkedHashMap<>();
  private final List<Double> refutedSeconds = new ArrayList<>();
  private long count;

  private record Pair(int observer, int subject) {}

  private record Death(SimNode observer, long atNanos) {}

  /** From now on, among the numbers that the predicate holds for. */
  FalseDeaths(Population population, IntPredicate counted) {
    this.population = population;
    this.counted = counted;
    population.watch(this);
  }

  @Override
  public void noticed(int observer, int subject, SwimEvent event) {
    Pair pair = new Pair(observer, subject);
    if (event instanceof SwimEvent.Died
        && population.isRunning(subject)
        && counted.test(observer)
        && counted.test(subject)) {
      count++;
      open.put(pair, new Death(population.node(observer), population.nowNanos()));
    } else if (event instanceof SwimEvent.Joined) {
      Death death = open.remove(pair);
      if (death != null && isHeld(pair, death)) {
        refutedSeconds.add((population.nowNanos() - death.atNanos()) / 1e9);
      }
    }
  }

  /** How many events. */
  long count() {
    return count;
  }

  /** How long each lasted that was taken back, in seconds, in that order. */
  List<Double> refutedSeconds() {
    return List.copyOf(refutedSeconds);
  }

  /** How many have lasted longer than that and still do, though both nodes run. */
  long standing(Duration longerThan) {
    long before = population.nowNanos() - longerThan.toNanos();
    return open.entrySet().stream()
        .filter(e -> e.getValue().atNanos() < before && isHeld(e.getKey(), e.getValue()))
        .count();
  }

  private boolean isHeld(Pair pair, Death death) {
    return population.isRunning(pair.observer())
        && population.isRunning(pair.subject())
        && population.node(pair.observer()) == death.observer();
  }
}
