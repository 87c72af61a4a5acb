// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.utils.concurrent.AtomixThread;
import io.atomix.utils.concurrent.ThreadContext;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Time, threads and chance of everything that {@link VirtualLoader} loaded: events in order of
 * virtual time, run one after another on the one thread that walks. The same seed gives the same
 * events in the same order. One world in a class loader.
 */
final class VirtualWorld {
  /** Any instant will do; this one is in 2026. */
  private static final long START_MILLIS = 1_790_000_000_000L;

  private static final long JITTER_NANOS = 30_000;

  private static @Nullable VirtualWorld current;

  private final Random random;
  private final TreeSet<Event> events =
      new TreeSet<>(
          Comparator.<Event>comparingLong(e -> e.atNanos).thenComparingLong(e -> e.sequence));
  private long nowNanos;
  private long sequence;
  private long trace;
  private @Nullable Incarnation process;

  VirtualWorld(long seed) {
    random = new Random(seed);
    current = this;
  }

  static VirtualWorld current() {
    VirtualWorld world = current;
    if (world == null) {
      throw new IllegalStateException("there is no world yet");
    }
    return world;
  }

  /** One run of one voter: what belongs to it stops when it is killed and waits when it hangs. */
  static final class Incarnation {
    private final String name;
    private boolean killed;
    private long hangsUntilNanos;
    private long wallOffsetMillis;

    Incarnation(String name) {
      this.name = name;
    }

    /** Nothing of it ever runs again. */
    void kill() {
      killed = true;
    }

    void hangUntil(long nanos) {
      hangsUntilNanos = nanos;
    }

    /** Its wall clock is wrong by that. */
    void wallOffset(long millis) {
      wallOffsetMillis = millis;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Something that will run. */
  static final class Event {
    private final @Nullable Incarnation process;
    private final @Nullable ThreadContext context;
    private final Runnable task;
    private final long sequence;
    private long atNanos;

    private Event(
        @Nullable Incarnation process,
        @Nullable ThreadContext context,
        long atNanos,
        long sequence,
        Runnable task) {
      this.process = process;
      this.context = context;
      this.atNanos = atNanos;
      this.sequence = sequence;
      this.task = task;
    }
  }

  long nowNanos() {
    return nowNanos;
  }

  /** The wall clock of whoever runs now. */
  long nowMillis() {
    return START_MILLIS
        + TimeUnit.NANOSECONDS.toMillis(nowNanos)
        + (process == null ? 0 : process.wallOffsetMillis);
  }

  Random random() {
    return random;
  }

  /** How long a thread takes to get to its next task. */
  long jitterNanos() {
    return random.nextLong(JITTER_NANOS);
  }

  /** Tells two runs apart: what ran when, in whose name. */
  long trace() {
    return trace;
  }

  void note(Object what) {
    trace = trace * 31 + what.hashCode();
  }

  @Nullable Incarnation process() {
    return process;
  }

  Event at(
      long atNanos, @Nullable Incarnation owner, @Nullable ThreadContext context, Runnable task) {
    Event event = new Event(owner, context, Math.max(nowNanos, atNanos), sequence++, task);
    events.add(event);
    return event;
  }

  void cancel(Event event) {
    events.remove(event);
  }

  /** Runs that as that process, now. */
  void as(Incarnation owner, @Nullable ThreadContext context, Runnable task) {
    run(new Event(owner, context, nowNanos, sequence++, task));
  }

  /** Runs the next event, if it is due by then; else goes there. */
  boolean step(long untilNanos) {
    while (!events.isEmpty()) {
      Event event = events.first();
      if (event.atNanos > untilNanos) {
        break;
      }
      events.remove(event);
      if (!ready(event)) {
        continue;
      }
      run(event);
      return true;
    }
    nowNanos = Math.max(nowNanos, untilNanos);
    return false;
  }

  private boolean ready(Event event) {
    Incarnation owner = event.process;
    if (owner == null) {
      return true;
    }
    if (owner.killed) {
      return false;
    }
    if (owner.hangsUntilNanos > event.atNanos) {
      event.atNanos = owner.hangsUntilNanos;
      events.add(event);
      return false;
    }
    return true;
  }

  private void run(Event event) {
    nowNanos = Math.max(nowNanos, event.atNanos);
    trace =
        trace * 31
            + Long.hashCode(nowNanos)
            + (event.process == null ? 0 : event.process.name.hashCode());
    AtomixThread thread = (AtomixThread) Thread.currentThread();
    ThreadContext contextBefore = thread.getContext();
    Incarnation processBefore = process;
    process = event.process;
    thread.setContext(event.context);
    MDC.put("at", TimeUnit.NANOSECONDS.toMicros(nowNanos) + " us in " + process);
    try {
      event.task.run();
    } finally {
      process = processBefore;
      thread.setContext(contextBefore);
    }
  }

  /** Whoever runs now waits: the other threads of its process go on meanwhile. */
  <T> T await(CompletableFuture<T> future, long timeoutNanos)
      throws InterruptedException, ExecutionException, TimeoutException {
    Incarnation waiting = process;
    long end = nowNanos + timeoutNanos;
    while (!future.isDone()) {
      Optional<Event> next = nextOf(waiting, end);
      if (next.isEmpty()) {
        throw new TimeoutException("not within " + timeoutNanos + " ns");
      }
      events.remove(next.get());
      run(next.get());
    }
    return future.get();
  }

  private Optional<Event> nextOf(@Nullable Incarnation owner, long untilNanos) {
    for (Iterator<Event> all = events.iterator(); all.hasNext(); ) {
      Event event = all.next();
      if (event.atNanos > untilNanos) {
        break;
      }
      if (owner == event.process) {
        return Optional.of(event);
      }
    }
    return Optional.empty();
  }
}
