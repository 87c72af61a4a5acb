// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.node.models.ReadyModels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads what requests wait for: each model version once, however many wait, and not again soon
 * after that failed. A load goes on when nobody waits for it any more.
 *
 * <p>Any thread. Waiters are told outside the lock, on the thread that brought the news.
 */
final class ColdLoads {
  /** How many may wait for one load. */
  static final int MAX_WAITING = 1_024;

  /** How long a model is left alone after it could not be loaded. */
  static final long REST_NANOS = 5_000_000_000L;

  private static final Logger log = LoggerFactory.getLogger(ColdLoads.class);

  private final ReadyModels models;
  private final LongSupplier clock;
  private final Map<Key, Load> loads = new LinkedHashMap<>();

  /** What waits for a load: one of these is called once, unless it leaves before. */
  interface Waiter {
    void loaded();

    void failed(ServingError error);
  }

  private record Key(String model, long version) {}

  /** A load that is under way, or failed a moment ago; guarded by the lock. */
  private static final class Load {
    private final Set<Waiter> waiting = new LinkedHashSet<>();
    private @Nullable String failure;
    private long failedNanos;

    void fail(long nowNanos, String why) {
      failure = why;
      failedNanos = nowNanos;
    }

    boolean isOver(long nowNanos) {
      return failure != null && nowNanos - failedNanos >= REST_NANOS;
    }

    /** Why that one may not wait; null where it does from now on. */
    @Nullable ServingError refusal(long nowNanos, Waiter waiter) {
      if (failure != null) {
        long ago = nowNanos - failedNanos;
        String when = TimeUnit.NANOSECONDS.toMillis(ago) + " ms ago";
        return new ServingError(
            ErrorCode.UNAVAILABLE, "could not load it " + when + ": " + failure, REST_NANOS - ago);
      }
      if (waiting.size() >= MAX_WAITING) {
        return new ServingError(
            ErrorCode.OVERLOADED, MAX_WAITING + " requests wait for it to be loaded");
      }
      waiting.add(waiter);
      return null;
    }
  }

  /**
   * Loads of these models.
   *
   * @param clock nanoseconds
   */
  ColdLoads(ReadyModels models, LongSupplier clock) {
    this.models = models;
    this.clock = clock;
  }

  /** Tells that one when this version is loaded here, which begins now unless it is under way. */
  void await(String model, long version, Waiter waiter) {
    Key key = new Key(model, version);
    Load load;
    boolean begins;
    ServingError refusal;
    synchronized (loads) {
      long now = clock.getAsLong();
      loads.values().removeIf(old -> old.isOver(now));
      load = loads.get(key);
      begins = load == null && models.ready(model, version).isEmpty();
      if (begins) {
        load = new Load();
        loads.put(key, load);
      }
      refusal = load == null ? null : load.refusal(now, waiter);
    }
    if (load == null) {
      waiter.loaded();
    } else if (refusal != null) {
      waiter.failed(refusal);
    } else if (begins) {
      begin(key, load);
    }
  }

  /** That one does not wait any more; it may be told a last time meanwhile. */
  void leave(String model, long version, Waiter waiter) {
    synchronized (loads) {
      Load load = loads.get(new Key(model, version));
      if (load != null) {
        load.waiting.remove(waiter);
      }
    }
  }

  private void begin(Key key, Load load) {
    log.info("loading '{}' version {}, for which a request waits", key.model(), key.version());
    var unused =
        models
            .loadStored(key.model(), key.version())
            .whenComplete((loaded, failure) -> ended(key, load, failure));
  }

  private void ended(Key key, Load load, @Nullable Throwable failure) {
    String why = failure == null ? null : reason(failure);
    List<Waiter> waiting;
    synchronized (loads) {
      waiting = new ArrayList<>(load.waiting);
      load.waiting.clear();
      if (why == null) {
        loads.remove(key);
      } else {
        load.fail(clock.getAsLong(), why);
      }
    }
    if (why == null) {
      waiting.forEach(Waiter::loaded);
      return;
    }
    log.warn("could not load '{}' version {}: {}", key.model(), key.version(), why);
    ServingError error = new ServingError(ErrorCode.UNAVAILABLE, "could not load it: " + why);
    waiting.forEach(waiter -> waiter.failed(error));
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    Throwable first = failure instanceof CompletionException && cause != null ? cause : failure;
    String message = first.getMessage();
    return message == null ? first.toString() : message;
  }
}
