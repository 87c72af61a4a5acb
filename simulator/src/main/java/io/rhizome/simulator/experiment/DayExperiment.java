// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.SwimEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A small mesh for a day, a part of which crashes every hour and is replaced at once by new
 * identities. Does a replaced one ever come back, and does anything grow?
 */
public final class DayExperiment implements Experiment {
  /** After which nobody may take a crashed node for alive, whatever it heard of it before. */
  private static final Duration KNOWN_BY_THEN = Duration.ofMinutes(2);

  private final GossipConfig config;
  private final Plan plan;
  private final Meter meter;

  /**
   * How much of it.
   *
   * @param nodes how many
   * @param loss share of packets lost
   * @param replacedEvery one node in so many per period
   * @param period between replacements
   * @param quarters of the whole, each of the same length
   * @param quarter that length
   */
  public record Plan(
      int nodes, double loss, int replacedEvery, Duration period, int quarters, Duration quarter) {
    /** As required: 24 hours. */
    public static Plan full() {
      return new Plan(32, 0.01, 10, Duration.ofHours(1), 4, Duration.ofHours(6));
    }

    /** A glance: two hours, with as many replaced per hour as in the whole day per six. */
    public static Plan quick() {
      return new Plan(32, 0.01, 10, Duration.ofMinutes(10), 4, Duration.ofMinutes(30));
    }
  }

  /** An experiment of that plan with that configuration, on that machine. */
  public DayExperiment(GossipConfig config, Plan plan, Meter meter) {
    this.config = config;
    this.plan = plan;
    this.meter = meter;
  }

  /** What one quarter cost. */
  private record Quarter(double heapBytes, double bytesPerSecond) {}

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    Population population = Population.joined(seed, config, plan.nodes());
    population.mesh().network().loss(plan.loss());
    ResidencyLoad.begin(population);
    Resurrections resurrections = new Resurrections(population);
    Traffic traffic = new Traffic(population);
    Random random = new Random(seed);
    int replaced = Math.max(1, Math.round(plan.nodes() / (float) plan.replacedEvery()));
    population.every(
        plan.period().dividedBy(2),
        plan.period(),
        () -> {
          for (int i = 0; i < replaced; i++) {
            int[] running = population.running();
            int victim = running[random.nextInt(running.length)];
            traffic.ends(victim);
            resurrections.crash(victim);
            traffic.begins(population.startNew(population.runningAfter(victim)));
          }
        });
    List<Quarter> quarters = new ArrayList<>();
    for (int i = 0; i < plan.quarters(); i++) {
      traffic.startAnew();
      population.mesh().run(plan.quarter());
      Quarter quarter = new Quarter(meter.liveHeapBytes(), traffic.rates().mean());
      quarters.add(quarter);
      progress.accept(
          "quarter %d: heap %.1f MB, %.0f bytes/s, resurrections %d"
              .formatted(
                  i + 1,
                  quarter.heapBytes() / 1e6,
                  quarter.bytesPerSecond(),
                  resurrections.count()));
    }
    Quarter second = quarters.get(1);
    Quarter last = quarters.get(quarters.size() - 1);
    return List.of(
        new Reading("resurrections", resurrections.count()),
        new Reading("day_heap_bytes", last.heapBytes()),
        new Reading("day_heap_ratio", last.heapBytes() / second.heapBytes()),
        new Reading("day_bytes_per_s", last.bytesPerSecond()),
        new Reading("day_bytes_ratio", last.bytesPerSecond() / second.bytesPerSecond()));
  }

  /**
   * Counts each time a node takes one in use that has crashed: one that it had buried, or one that
   * crashed so long ago that all must know.
   */
  static final class Resurrections implements Population.Watch {
    private final Population population;
    private final Map<Integer, Long> crashedNanos = new LinkedHashMap<>();
    private final Map<Integer, BitSet> buriedBy = new LinkedHashMap<>();
    private long count;

    Resurrections(Population population) {
      this.population = population;
      population.watch(this);
    }

    long count() {
      return count;
    }

    /** Crashes that node for good. */
    void crash(int number) {
      population.retire(number);
      crashedNanos.put(number, population.nowNanos());
      buriedBy.put(number, new BitSet());
    }

    @Override
    public void noticed(int observer, int subject, SwimEvent event) {
      BitSet buried = buriedBy.get(subject);
      Long crashed = crashedNanos.get(subject);
      if (buried == null || crashed == null) {
        return;
      }
      if (event instanceof SwimEvent.Died) {
        buried.set(observer);
      } else if (event instanceof SwimEvent.Joined) {
        long age = population.nowNanos() - crashed;
        if (buried.get(observer) || age > KNOWN_BY_THEN.toNanos()) {
          count++;
        }
      }
    }
  }
}
