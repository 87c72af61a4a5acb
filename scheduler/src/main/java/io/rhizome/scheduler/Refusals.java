// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which requests one peer refused just now for want of room: others like them are not even sent
 * there for a while, a part of the time that its queue takes to empty, so that it never runs dry
 * meanwhile. A refusal costs its sender and its receiver about what a short run costs; where
 * thousands come a second, that is what they have no room for.
 *
 * <p>What is alike: the model, the class, and the tenant, as tenants that have little waiting find
 * room where others do not. At most {@value #MAX_KINDS} kinds. Any thread.
 */
final class Refusals {
  private static final int MAX_KINDS = 256;
  private static final int QUEUE_SHARE = 4;
  private static final long MAX_NANOS = 100_000_000L;

  private final Map<Kind, Told> told = new LinkedHashMap<>();

  private record Kind(String model, String tenant, Priority priority) {
    static Kind of(Request request) {
      return new Kind(request.model(), request.client().tenant(), request.priority());
    }
  }

  private record Told(long untilNanos, long retryNanos) {}

  /**
   * It refused that one.
   *
   * @param retryNanos when it said that there may be room
   * @return until when that stands for others like it
   */
  synchronized long add(long nowNanos, Request request, long retryNanos, Load load) {
    long length = Math.min(MAX_NANOS, load.drainNanos() / QUEUE_SHARE);
    if (length <= 0 || retryNanos <= 0) {
      return nowNanos;
    }
    told.values().removeIf(old -> old.untilNanos() - nowNanos <= 0);
    if (told.size() < MAX_KINDS) {
      told.put(Kind.of(request), new Told(nowNanos + length, retryNanos));
    }
    return nowNanos + length;
  }

  /** When there may be room for one like that, as the peer said; 0 where it may be sent now. */
  synchronized long retryNanos(long nowNanos, Request request) {
    Told last = told.get(Kind.of(request));
    return last == null || last.untilNanos() - nowNanos <= 0 ? 0 : last.retryNanos();
  }
}
