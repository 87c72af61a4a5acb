// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One policy over all seeds, and against the first one seed by seed: as both met the same requests,
 * run times and disturbances, what these do to both is in neither difference.
 *
 * @param policy as it was asked for
 * @param p50Millis median latency
 * @param p99Millis 99th percentile
 * @param failedPercent how many failed, of a hundred
 * @param p50Beyond by how much the median is above the first one's, in milliseconds
 * @param p99Beyond by how much the 99th percentile is above the first one's, in milliseconds
 */
public record PolicySummary(
    String policy,
    Interval p50Millis,
    Interval p99Millis,
    Interval failedPercent,
    Interval p50Beyond,
    Interval p99Beyond) {
  /**
   * Of these runs.
   *
   * @param first those of the policy that others are compared with
   * @param own those of this policy, by the same seeds in the same order
   * @throws IllegalArgumentException where they are not
   */
  public static PolicySummary of(List<PolicyRun> first, List<PolicyRun> own) {
    if (!seeds(first).equals(seeds(own)) || own.isEmpty()) {
      throw new IllegalArgumentException("seeds " + seeds(own) + " against " + seeds(first));
    }
    return new PolicySummary(
        own.get(0).policy(),
        interval(own, PolicyRun::p50Millis),
        interval(own, PolicyRun::p99Millis),
        interval(own, PolicyRun::failedPercent),
        beyond(first, own, PolicyRun::p50Millis),
        beyond(first, own, PolicyRun::p99Millis));
  }

  private static List<Long> seeds(List<PolicyRun> runs) {
    return runs.stream().map(PolicyRun::seed).toList();
  }

  private static Interval interval(List<PolicyRun> runs, ToDoubleFunction<PolicyRun> value) {
    return Interval.of(runs.stream().mapToDouble(value).boxed().toList());
  }

  private static Interval beyond(
      List<PolicyRun> first, List<PolicyRun> own, ToDoubleFunction<PolicyRun> value) {
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      differences.add(value.applyAsDouble(own.get(i)) - value.applyAsDouble(first.get(i)));
    }
    return Interval.of(differences);
  }
}
