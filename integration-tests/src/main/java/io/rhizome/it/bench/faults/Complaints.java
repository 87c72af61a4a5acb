// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What failures said: how often each, numbers aside. Any thread. */
public final class Complaints {
  private static final int KEPT = 64;
  private static final int CHARACTERS = 200;
  private static final int SHOWN = 5;

  private final ConcurrentSkipListMap<String, LongAdder> counts = new ConcurrentSkipListMap<>();

  /** One more. */
  public void add(String words) {
    String line = words.replaceAll("[0-9]+(\\.[0-9]+)?", "#").replaceAll("\\s+", " ");
    String key = line.substring(0, Math.min(CHARACTERS, line.length()));
    if (counts.containsKey(key) || counts.size() < KEPT) {
      counts.computeIfAbsent(key, k -> new LongAdder()).increment();
    }
  }

  /** The most frequent ones, a line each. */
  public List<String> lines() {
    return counts.entrySet().stream()
        .sorted(
            Comparator.comparingLong((Map.Entry<String, LongAdder> e) -> e.getValue().sum())
                .reversed())
        .limit(SHOWN)
        .map(entry -> entry.getValue().sum() + " x " + entry.getKey())
        .toList();
  }
}
