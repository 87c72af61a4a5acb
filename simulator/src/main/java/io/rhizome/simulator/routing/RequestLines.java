// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Failure;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells of each request that counts when it ends, as a line of CSV. */
public final class RequestLines implements Watch {
  /**
   * What the columns are: its number in the order of arrival, the same by any policy; the node that
   * it entered at; when; its run time at full speed; how long until it ended, and how.
   */
  public static final String HEADER = "request,entry,arrived_ms,work_ms,latency_ms,end";

  private static final double NANOS_PER_MILLI = 1e6;

  private final long fromNanos;
  private final Consumer<String> out;

  /** Of those that come at that moment or later; {@code out} gets lines without their ends. */
  public RequestLines(long fromNanos, Consumer<String> out) {
    this.fromNanos = fromNanos;
    this.out = out;
  }

  @Override
  public void onEnded(long nowNanos, Call call, Failure.@Nullable Kind failure) {
    if (call.arrivedNanos() >= fromNanos) {
      out.accept(
          String.format(
              Locale.ROOT,
              "%d,%d,%.6f,%.6f,%.6f,%s",
              call.number(),
              call.entry(),
              call.arrivedNanos() / NANOS_PER_MILLI,
              call.workNanos() / NANOS_PER_MILLI,
              (nowNanos - call.arrivedNanos()) / NANOS_PER_MILLI,
              failure == null ? "answered" : failure.name().toLowerCase(Locale.ROOT)));
    }
  }
}
