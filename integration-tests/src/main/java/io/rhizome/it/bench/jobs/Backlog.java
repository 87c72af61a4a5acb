// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.grpc.StatusRuntimeException;
import io.rhizome.it.bench.faults.Complaints;
import io.rhizome.v1.JobInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * Keeps a site at work: submits another job through one node whenever less than a job is left. What
 * is refused is submitted again, under the same id.
 */
final class Backlog implements AutoCloseable {
  private static final Duration CALL_LIMIT = Duration.ofSeconds(2);
  private static final Duration END_LIMIT = Duration.ofMinutes(5);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(90);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final JobClient client;
  private final String prefix;
  private final int items;
  private final Complaints complaints = new Complaints();
  private final List<String> accepted = new ArrayList<>();
  private final Thread thread = new Thread(this::feed, "jobs-backlog");
  private volatile boolean stopping;

  private Backlog(JobClient client, String prefix, int items) {
    this.client = client;
    this.prefix = prefix;
    this.items = items;
  }

  /**
   * Begins.
   *
   * @param prefix of the jobs' ids
   * @param items of each job
   */
  static Backlog of(JobClient client, String prefix, int items) {
    Backlog backlog = new Backlog(client, prefix, items);
    backlog.thread.setDaemon(true);
    backlog.thread.start();
    return backlog;
  }

  private void feed() {
    try {
      while (!stopping) {
        try {
          if (left() < items) {
            String id = prefix + "-" + (accepted.size() + 1);
            var unused = client.submit(id, items);
            accepted.add(id);
          } else {
            Thread.sleep(LOOK.toMillis());
          }
        } catch (StatusRuntimeException e) {
          complaints.add(String.valueOf(e.getMessage()));
          Thread.sleep(PAUSE.toMillis());
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private long left() {
    return client.list(CALL_LIMIT).stream().mapToLong(job -> job.getItems() - job.getDone()).sum();
  }

  /** Submits nothing more, and returns the ids of what was accepted when all that is done. */
  List<String> finish() throws InterruptedException {
    stopping = true;
    thread.join(STOP_LIMIT.toMillis());
    if (thread.isAlive()) {
      throw new IllegalStateException("a submission has no end");
    }
    complaints.lines().forEach(line -> System.out.println("  not accepted: " + line));
    Awaitility.await("the end of all jobs")
        .atMost(END_LIMIT)
        .pollInterval(LOOK)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(() -> left() == 0);
    return List.copyOf(accepted);
  }

  /** How often items of these jobs were begun again, as a share of the items. */
  double reruns() {
    long reruns =
        client.list(CALL_LIMIT).stream()
            .filter(job -> accepted.contains(job.getId()))
            .mapToLong(JobInfo::getReruns)
            .sum();
    return (double) reruns / Math.max(1, (long) items * accepted.size());
  }

  @Override
  public void close() {
    stopping = true;
    thread.interrupt();
  }
}
