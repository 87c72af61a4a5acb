// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.grpc.StatusRuntimeException;
import io.rhizome.it.bench.faults.Complaints;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Submits small jobs at a pace, which it keeps up while eight at a time are fast enough for it. */
final class Pace implements AutoCloseable {
  private static final int SENDERS = 8;
  private static final long END_SECONDS = 20;

  private final List<JobClient> clients;
  private final String prefix;
  private final Complaints complaints = new Complaints();
  private final AtomicInteger submitted = new AtomicInteger();
  private final ScheduledExecutorService senders = Executors.newScheduledThreadPool(SENDERS);

  private Pace(List<JobClient> clients, String prefix) {
    this.clients = clients;
    this.prefix = prefix;
  }

  /**
   * Begins.
   *
   * @param clients that submit in turn
   * @param prefix of the jobs' ids
   */
  static Pace of(List<JobClient> clients, String prefix, double perSecond) {
    Pace pace = new Pace(clients, prefix);
    long period = (long) (1e9 / perSecond);
    for (int i = 0; i < SENDERS; i++) {
      var unused =
          pace.senders.scheduleAtFixedRate(
              pace::submit, i * period, SENDERS * period, TimeUnit.NANOSECONDS);
    }
    return pace;
  }

  private void submit() {
    int number = submitted.getAndIncrement();
    JobClient client = clients.get(number % clients.size());
    try {
      var unused = client.submit(prefix + "-" + number, Sizes.PACED);
    } catch (StatusRuntimeException e) {
      complaints.add(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops; those under way end first. Tells of what was not accepted. */
  void stop() throws InterruptedException {
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
