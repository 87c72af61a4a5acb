// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.telemetry;

import java.util.Comparator;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How requests that this node ran itself went, by model version, since it started: what Triton's
 * statistics extension asks for. At most {@value #MAX_MODELS} versions are counted; later ones are
 * not. Any thread, no lock.
 */
public final class ModelStats {
  private static final int MAX_MODELS = 1024;

  private final ConcurrentMap<Key, Counts> counts = new ConcurrentHashMap<>();
  private final LongSupplier wallMillis;

  /**
   * Nothing counted yet.
   *
   * @param wallMillis milliseconds since 1970
   */
  public ModelStats(LongSupplier wallMillis) {
    this.wallMillis = wallMillis;
  }

  /** A model version. */
  public record Key(String model, long version) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::model).thenComparing(Key::version);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * Events and the time they took together, in nanoseconds.
   *
   * @param count how many
   * @param nanos summed up
   */
  public record Total(long count, long nanos) {}

  /**
   * What was counted of one version.
   *
   * @param lastMillis when the last run ended, milliseconds since 1970; 0 for never
   * @param success runs that gave an answer, from admission to the end
   * @param fail runs that failed, likewise
   * @param queue waits of the runs that began
   * @param compute run times of the runs that gave an answer
   */
  public record Snapshot(long lastMillis, Total success, Total fail, Total queue, Total compute) {
    /** Of a version that never ran here. */
    public static final Snapshot NONE =
        new Snapshot(0, new Total(0, 0), new Total(0, 0), new Total(0, 0), new Total(0, 0));
  }

  /** A run that gave an answer, {@code totalNanos} after it was handed to the executor. */
  public void succeeded(String model, long version, long queueNanos, long totalNanos) {
    Counts into = of(model, version);
    if (into != null) {
      into.success.add(totalNanos);
      into.queue.add(queueNanos);
      into.compute.add(totalNanos - queueNanos);
      into.lastMillis.set(wallMillis.getAsLong());
    }
  }

  /** A run that failed, {@code totalNanos} after it was handed to the executor. */
  public void failed(String model, long version, long totalNanos) {
    Counts into = of(model, version);
    if (into != null) {
      into.fail.add(totalNanos);
      into.lastMillis.set(wallMillis.getAsLong());
    }
  }

  /** All that was counted. */
  public NavigableMap<Key, Snapshot> snapshot() {
    NavigableMap<Key, Snapshot> all = new TreeMap<>();
    counts.forEach((key, value) -> all.put(key, value.snapshot()));
    return all;
  }

  private @Nullable Counts of(String model, long version) {
    Key key = new Key(model, version);
    Counts known = counts.get(key);
    if (known != null || counts.size() >= MAX_MODELS) {
      return known;
    }
    return counts.computeIfAbsent(key, k -> new Counts());
  }

  private static final class Sum {
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    void add(long more) {
      count.increment();
      nanos.add(more);
    }

    Total total() {
      return new Total(count.sum(), nanos.sum());
    }
  }

  private static final class Counts {
    private final Sum success = new Sum();
    private final Sum fail = new Sum();
    private final Sum queue = new Sum();
    private final Sum compute = new Sum();
    private final AtomicLong lastMillis = new AtomicLong();

    Snapshot snapshot() {
      return new Snapshot(
          lastMillis.get(), success.total(), fail.total(), queue.total(), compute.total());
    }
  }
}
