// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something about once a second, on a thread of its own, until it is closed. */
final class Ticker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Ticker.class);
  private static final long PERIOD_MILLIS = 1_000;
  private static final long END_SECONDS = 5;

  private final String name;
  private final Task task;
  private final ScheduledExecutorService thread;

  /** What is done; where it fails it is done again the next time. */
  interface Task {
    void run() throws JobException, IOException;
  }

  /** Of a thread that is called so. */
  Ticker(String name, Task task) {
    this.name = name;
    this.task = task;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread made = new Thread(work, name);
              made.setDaemon(true);
              return made;
            });
  }

  /** Begins. */
  void start() {
    var unused = thread.scheduleWithFixedDelay(this::tick, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      task.run();
    } catch (JobException e) {
      log.debug("{}: {}", name, e.getMessage());
    } catch (IOException | RuntimeException e) {
      log.warn("{}: goes on later: {}", name, e.getMessage());
    }
  }

  /** Ends what is being done. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      var unused = thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
