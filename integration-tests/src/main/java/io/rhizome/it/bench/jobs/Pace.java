// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.grpc.StatusRuntimeException;
import io.rhizome.it.bench.Samples;
import io.rhizome.it.bench.faults.Complaints;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Submits small jobs at a pace, which it keeps up while eight at a time are fast enough for it. */
final class Pace implements AutoCloseable {
  private static final int SENDERS = 8;
  private static final long END_SECONDS = 20;

  private final List<JobClient> clients;
  private final String prefix;
  private final int items;
  private final long periodNanos;
  private final long beginNanos = System.nanoTime();
  private final Samples samples = new Samples();
  private final Complaints complaints = new Complaints();
  private final ScheduledThreadPoolExecutor senders = new ScheduledThreadPoolExecutor(SENDERS);

  private Pace(List<JobClient> clients, String prefix, int items, double perSecond) {
    this.clients = clients;
    this.prefix = prefix;
    this.items = items;
    this.periodNanos = (long) (1e9 / perSecond);
  }

  /**
   * Begins.
   *
   * @param clients that submit in turn
   * @param prefix of the jobs' ids
   * @param items of each job
   * @param perSecond jobs
   */
  static Pace of(List<JobClient> clients, String prefix, int items, double perSecond) {
    Pace pace = new Pace(clients, prefix, items, perSecond);
    for (int i = 0; i < SENDERS; i++) {
      int sender = i;
      var unused =
          pace.senders.schedule(
              () -> pace.submit(sender), sender * pace.periodNanos, TimeUnit.NANOSECONDS);
    }
    return pace;
  }

  /** Submits the job of that number, and sees to it that the same sender's next is at its time. */
  private void submit(int number) {
    long due = beginNanos + number * periodNanos;
    try {
      var unused = clients.get(number % clients.size()).submit(prefix + "-" + number, items);
      synchronized (samples) {
        samples.add(System.nanoTime() - due);
      }
    } catch (StatusRuntimeException e) {
      complaints.add(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      // Closed.
      return;
    }
    int next = number + SENDERS;
    long wait = Math.max(0, beginNanos + next * periodNanos - System.nanoTime());
    try {
      var unused = senders.schedule(() -> submit(next), wait, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // It stops.
    }
  }

  /** How long each took until it was accepted, from when it should have been sent. */
  Samples samples() {
    synchronized (samples) {
      return Samples.merged(List.of(samples));
    }
  }

  /** Stops; those under way end first. Tells of what was not accepted. */
  void stop() throws InterruptedException {
    senders.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    senders.shutdown();
    if (!senders.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("submissions have no end");
    }
    complaints.lines().forEach(line -> System.out.println("  not accepted: " + line));
  }

  @Override
  public void close() {
    var unused = senders.shutdownNow();
  }
}
