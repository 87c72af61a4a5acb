// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import java.util.Arrays;
import java.util.List;

/** Latencies in nanoseconds, every one kept. Not thread-safe. */
public final class Samples {
  private long[] nanos = new long[1024];
  private int count;

  /** Keeps one more. */
  public void add(long value) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, count * 2);
    }
    nanos[count++] = value;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** All of several, sorted. */
  public static Samples merged(List<Samples> parts) {
    Samples all = new Samples();
    all.nanos = new long[Math.max(1, parts.stream().mapToInt(part -> part.count).sum())];
    for (Samples part : parts) {
      System.arraycopy(part.nanos, 0, all.nanos, all.count, part.count);
      all.count += part.count;
    }
    Arrays.sort(all.nanos, 0, all.count);
    return all;
  }

  /**
   * The smallest value that at least this share of all values does not exceed (nearest rank), of
   * merged samples.
   *
   * @param share in (0, 1]
   */
  public long quantile(double share) {
    if (count == 0) {
      throw new IllegalStateException("no samples");
    }
    return nanos[Math.max(0, (int) Math.ceil(share * count) - 1)];
  }
}
