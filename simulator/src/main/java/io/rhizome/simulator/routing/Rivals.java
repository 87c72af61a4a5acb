// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The built-in routers beside hot_cold, each with the parameters that are tried of it. */
final class Rivals {
  private Rivals() {}

  /** By name; each list begins with the defaults. */
  static SortedMap<String, List<Policy>> grids() {
    SortedMap<String, List<Policy>> grids = new TreeMap<>();
    for (String plain : List.of("random", "round_robin", "weighted", "power_of_two")) {
      grids.put(plain, List.of(Policy.of(plain)));
    }
    grids.put("least_request", each("least_request", "choice_count", 2, 4, 8, 16));
    grids.put("peak_ewma", each("peak_ewma", "decay_ms", 10_000, 3_000, 1_000, 300));
    grids.put("ring_hash", each("ring_hash", "bound", 1.25, 2));
    grids.put("zone_aware", each("zone_aware", "full", 1, 0.5, 2));
    grids.put("c3", pairs("c3", "alpha", "clients", new double[] {0.9, 0.3}, 1, 10, 100));
    grids.put(
        "prequal", pairs("prequal", "quantile", "probes", new double[] {0.84, 0.7, 0.95}, 3, 2, 5));
    return Collections.unmodifiableSortedMap(grids);
  }

  private static List<Policy> each(String name, String parameter, double... values) {
    List<Policy> policies = new ArrayList<>();
    for (double value : values) {
      policies.add(Policy.of(name).with(parameter, value));
    }
    return policies;
  }

  private static List<Policy> pairs(
      String name, String parameter, String other, double[] values, double... others) {
    List<Policy> policies = new ArrayList<>();
    for (double value : values) {
      for (double second : others) {
        policies.add(Policy.of(name).with(parameter, value).with(other, second));
      }
    }
    return policies;
  }
}
