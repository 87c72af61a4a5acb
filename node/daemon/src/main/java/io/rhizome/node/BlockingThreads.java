// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads for calls that wait for a disk or a peer: few, with a bounded queue, gone when idle. */
final class BlockingThreads {
  private static final int THREADS = 8;
  private static final int QUEUE = 4_096;
  private static final long IDLE_SECONDS = 10;

  private BlockingThreads() {}

  static ExecutorService start(Teardown teardown, String name) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUE),
            new DefaultThreadFactory(name, true));
    threads.allowCoreThreadTimeOut(true);
    teardown.add(threads::shutdownNow);
    return threads;
  }
}
