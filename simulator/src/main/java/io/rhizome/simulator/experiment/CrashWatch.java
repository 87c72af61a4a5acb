// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.Reachability;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.simulator.SimNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * How a crash becomes known. An observer avoids the crashed where it does not reach it, suspects it
 * or holds it dead; the first does when one that did not begins to, all do at the first moment at
 * which each observer does.
 */
final class CrashWatch implements Population.Watch {
  private final Population population;
  private final int crashed;
  private final long atNanos;
  private final BitSet observers = new BitSet();
  private final BitSet avoiding = new BitSet();
  private final BitSet burying = new BitSet();
  private final List<Double> deadSeconds = new ArrayList<>();
  private double avoidFirst = Double.NaN;
  private double avoidAll = Double.NaN;
  private double deadFirst = Double.NaN;
  private double deadAll = Double.NaN;

  /** Crashes that node now. */
  CrashWatch(Population population, int crashed) {
    this.population = population;
    this.crashed = crashed;
    this.atNanos = population.nowNanos();
    population.crash(crashed);
    for (int observer : population.running()) {
      observers.set(observer);
      look(observer);
    }
    avoidFirst = Double.NaN;
    deadFirst = Double.NaN;
    deadSeconds.clear();
    population.watch(this);
  }

  @Override
  public void noticed(int observer, int subject, SwimEvent event) {
    if (subject == crashed && observers.get(observer)) {
      look(observer);
    }
  }

  /** What crashes meanwhile observes no more. */
  @Override
  public void crashed(int number) {
    observers.clear(number);
    avoiding.clear(number);
    burying.clear(number);
  }

  /** Ends the watch, as when the crashed starts again. */
  void end() {
    population.unwatch(this);
  }

  /** Seconds until the first observer avoided it; NaN where none did. */
  double avoidFirstSeconds() {
    return avoidFirst;
  }

  /** Seconds until all avoided it at once; NaN where they did not. */
  double avoidAllSeconds() {
    return avoidAll;
  }

  /** Seconds until the first declared it dead; NaN where none did. */
  double deadFirstSeconds() {
    return deadFirst;
  }

  /** Seconds until all held it dead at once; NaN where they did not. */
  double deadAllSeconds() {
    return deadAll;
  }

  /** Seconds until each observer that did so held it dead for the first time, in that order. */
  List<Double> deadSeconds() {
    return List.copyOf(deadSeconds);
  }

  private void look(int observer) {
    SimNode node = population.node(observer);
    SimNode subject = population.node(crashed);
    Status status = node.statusOf(subject);
    boolean dead = status != Status.ALIVE && status != Status.SUSPECT;
    boolean avoided =
        status != Status.ALIVE || node.reachability(subject).equals(Reachability.NONE);
    double seconds = (population.nowNanos() - atNanos) / 1e9;
    if (dead && !burying.get(observer)) {
      deadSeconds.add(seconds);
    }
    avoidFirst = firstTime(avoidFirst, avoided && !avoiding.get(observer), seconds);
    deadFirst = firstTime(deadFirst, dead && !burying.get(observer), seconds);
    avoiding.set(observer, avoided);
    burying.set(observer, dead);
    avoidAll = firstTime(avoidAll, avoiding.equals(observers), seconds);
    deadAll = firstTime(deadAll, burying.equals(observers), seconds);
  }

  private static double firstTime(double before, boolean now, double seconds) {
    return Double.isNaN(before) && now ? seconds : before;
  }
}
