// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** One counter for each kind. Any thread; allocates nothing. */
final class CountByKind<E extends Enum<E>> {
  private final Map<E, LongAdder> counts;

  CountByKind(Class<E> kinds) {
    Map<E, LongAdder> all = new EnumMap<>(kinds);
    for (E kind : kinds.getEnumConstants()) {
      all.put(kind, new LongAdder());
    }
    counts = Collections.unmodifiableMap(all);
  }

  private LongAdder of(E kind) {
    return Objects.requireNonNull(counts.get(kind));
  }

  void increment(E kind) {
    of(kind).increment();
  }

  long sum(E kind) {
    return of(kind).sum();
  }

  /** Of all kinds together. */
  long sum() {
    return counts.values().stream().mapToLong(LongAdder::sum).sum();
  }
}
