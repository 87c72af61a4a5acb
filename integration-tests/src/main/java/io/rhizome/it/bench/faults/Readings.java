// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a row found: values by name, in the order in which they came. For one thread. */
public final class Readings {
  private final Map<String, Double> values = new LinkedHashMap<>();

  /** One more. */
  public Readings with(String name, double value) {
    values.put(name, value);
    return this;
  }

  /** What every row tells of its requests. */
  Readings with(Recording recording) {
    return with("requests", recording.count())
        .with("answered", recording.count(Ending.ANSWERED))
        .with("rejected", recording.count(Ending.REJECTED))
        .with("failed", recording.count(Ending.FAILED))
        .with("endless", recording.longerThan(Endless.NANOS))
        .with("p50_ms", recording.quantileMillis(Ending.ANSWERED, 0.5))
        .with("p99_ms", recording.quantileMillis(Ending.ANSWERED, 0.99))
        .with("slowest_ms", recording.slowestMillis());
  }

  /** One of them; {@link IllegalArgumentException} where there is none of that name. */
  public double of(String name) {
    Double value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no reading is called " + name);
    }
    return value;
  }

  /** All of them. */
  public Map<String, Double> values() {
    return values;
  }
}
