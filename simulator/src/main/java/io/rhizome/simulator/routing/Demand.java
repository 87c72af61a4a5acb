// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What clients ask that know nothing of each other: requests come at random moments, at random
 * entries, and take an exponential or always the same time to run. All of it is drawn in one order
 * whatever becomes of the requests, so that routers that are compared, and real nodes and simulated
 * ones, meet the same. Single-threaded.
 */
public final class Demand {
  private final Arrivals.Plan plan;
  private final long serviceNanos;
  private final SplittableRandom gaps;
  private final SplittableRandom entries;
  private final SplittableRandom works;
  private final double[] cumulative;
  private long count;
  private double atNanos;

  /**
   * One request.
   *
   * @param number in the order of arrival, from 0
   * @param entry the number of the node that it enters at
   * @param atNanos when
   * @param workNanos how long it runs on an undisturbed worker of speed 1
   */
  public record Item(long number, int entry, long atNanos, double workNanos) {}

  /**
   * Those of that plan.
   *
   * @param serviceNanos mean run time
   * @param fromNanos none comes before that
   */
  public Demand(long seed, Arrivals.Plan plan, long serviceNanos, long fromNanos) {
    Streams streams = new Streams(seed);
    this.plan = plan;
    this.serviceNanos = serviceNanos;
    this.gaps = streams.of("arrivals", 0);
    this.entries = streams.of("entries", 0);
    this.works = streams.of("work", 0);
    this.cumulative = plan.entryWeights().stream().mapToDouble(weight -> weight).toArray();
    for (int i = 1; i < cumulative.length; i++) {
      cumulative[i] += cumulative[i - 1];
    }
    this.atNanos = fromNanos;
  }

  /** The next one; null where no more come. */
  public @Nullable Item next() {
    double perSecond = plan.perSecond().at(Math.round(atNanos));
    atNanos += Streams.exponential(gaps) * 1e9 / perSecond;
    if (atNanos >= plan.untilNanos()) {
      return null;
    }
    double work = serviceNanos * (plan.exponential() ? Streams.exponential(works) : 1);
    return new Item(count++, drawEntry(), Math.round(atNanos), work);
  }

  private int drawEntry() {
    double drawn = entries.nextDouble() * cumulative[cumulative.length - 1];
    int low = 0;
    int high = cumulative.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulative[middle] > drawn) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
