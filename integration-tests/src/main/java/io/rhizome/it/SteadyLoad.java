// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import io.grpc.StatusRuntimeException;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * Clients that ask for digits, one after the other and without retry, each answer compared with
 * PyTorch's. A short pause between two requests leaves the machine to the nodes. Closing it lets
 * the requests in flight end and stops.
 */
public final class SteadyLoad implements AutoCloseable {
  /** The largest difference of a logit that still counts as the same answer. */
  public static final double TOLERANCE = 1e-5;

  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final int FAILURES_KEPT = 20;
  private static final long PAUSE_NANOS = 5_000_000;

  private final Digits digits;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  /** A load without clients yet. */
  public SteadyLoad(Digits digits) {
    this.digits = digits;
  }

  /**
   * Adds threads that enter the mesh at one node.
   *
   * @param endAtFailure whether a thread stops at its first failure, as the clients of a node that
   *     is about to die would have to, or counts it and goes on
   */
  public Entry enter(NodeClient client, int clients, boolean endAtFailure) {
    Entry entry = new Entry(client, endAtFailure);
    for (int i = 0; i < clients; i++) {
      Thread thread = new Thread(() -> run(entry), "steady-load");
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
    return entry;
  }

  /**
   * Returns when each entry has had so many more answers, or a failure, which the caller will see.
   */
  public static void awaitAnswers(List<Entry> entries, long more, Duration limit) {
    Map<Entry, Long> goals = new LinkedHashMap<>();
    entries.forEach(entry -> goals.put(entry, entry.answered() + more));
    Awaitility.await("more answers")
        .atMost(limit)
        .until(
            () ->
                goals.entrySet().stream()
                    .allMatch(
                        goal ->
                            goal.getKey().answered() >= goal.getValue()
                                || goal.getKey().failed() > 0));
  }

  private void run(Entry entry) {
    for (int i = 0; !stopping; i = (i + 1) % digits.size()) {
      if (!entry.ask(digits, i) && entry.endAtFailure) {
        return;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Stops; returns when every thread has had its last answer, or at once if interrupted. */
  @Override
  public void close() {
    stopping = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What happened to the requests that entered at one node. Thread-safe. */
  public static final class Entry {
    private final NodeClient client;
    private final boolean endAtFailure;
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final LongAccumulator slowestNanos = new LongAccumulator(Math::max, 0);
    private final ConcurrentSkipListMap<String, LongAdder> paths = new ConcurrentSkipListMap<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    private Entry(NodeClient client, boolean endAtFailure) {
      this.client = client;
      this.endAtFailure = endAtFailure;
    }

    private boolean ask(Digits digits, int i) {
      long start = System.nanoTime();
      try {
        ModelInferResponse answer = client.infer(digits.rawRequest(i), DEADLINE);
        slowestNanos.accumulate(System.nanoTime() - start);
        double difference = digits.difference(i, answer);
        if (difference > TOLERANCE) {
          fail("image " + i + " answered " + difference + " away from PyTorch's logits");
          return false;
        }
        answered.incrementAndGet();
        paths.computeIfAbsent(Answers.path(answer), path -> new LongAdder()).increment();
        return true;
      } catch (StatusRuntimeException e) {
        fail(e.getStatus().toString());
        return false;
      }
    }

    private void fail(String reason) {
      if (failed.incrementAndGet() <= FAILURES_KEPT) {
        failures.add(reason);
      }
    }

    /** Right answers so far. */
    public long answered() {
      return answered.get();
    }

    /** Errors and wrong answers so far. */
    public long failed() {
      return failed.get();
    }

    /** The longest that an answer took. */
    public Duration slowest() {
      return Duration.ofNanos(slowestNanos.get());
    }

    /** How many answers came by which path. */
    public SortedMap<String, Long> paths() {
      SortedMap<String, Long> counts = new TreeMap<>();
      paths.forEach((path, count) -> counts.put(path, count.sum()));
      return counts;
    }

    /** Why the first few failed. */
    public List<String> failures() {
      return List.copyOf(failures);
    }
  }
}
