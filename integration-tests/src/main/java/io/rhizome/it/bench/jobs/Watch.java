// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.grpc.StatusRuntimeException;
import java.time.Duration;

/** Looks ten times a second at how many items of a site's jobs are done, as one node says. */
final class Watch implements AutoCloseable {
  private static final Duration CALL_LIMIT = Duration.ofSeconds(1);
  private static final long LOOK_MILLIS = 100;

  private final JobClient client;
  private final Growths growths = new Growths();
  private final Thread thread = new Thread(this::look, "jobs-watch");

  private Watch(JobClient client) {
    this.client = client;
  }

  /** Begins. */
  static Watch at(JobClient client) {
    Watch watch = new Watch(client);
    watch.lookOnce();
    watch.thread.setDaemon(true);
    watch.thread.start();
    return watch;
  }

  /** A node that cannot say has not been seen to do anything. */
  private void lookOnce() {
    try {
      long done = client.done(CALL_LIMIT);
      growths.saw(System.nanoTime(), done);
    } catch (StatusRuntimeException e) {
      // The next look may tell.
    }
  }

  private void look() {
    try {
      while (true) {
        lookOnce();
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** What it has seen so far. */
  Growths growths() {
    return growths;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
