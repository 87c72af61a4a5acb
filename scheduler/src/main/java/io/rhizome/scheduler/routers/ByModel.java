// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/** What a router remembers of each model, for at most {@value #MAX_MODELS} of them. Any thread. */
final class ByModel<S> {
  private static final int MAX_MODELS = 4_096;

  private final ConcurrentMap<String, S> states = new ConcurrentSkipListMap<>();
  private final Supplier<S> fresh;

  /** Nothing remembered yet; each model begins with what {@code fresh} makes. */
  ByModel(Supplier<S> fresh) {
    this.fresh = fresh;
  }

  /** That model's; of models beyond the bound nothing is remembered. */
  S of(String model) {
    S known = states.get(model);
    if (known != null) {
      return known;
    }
    return states.size() < MAX_MODELS
        ? states.computeIfAbsent(model, name -> fresh.get())
        : fresh.get();
  }
}
