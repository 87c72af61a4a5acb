// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

/**
 * How much a {@link LocalExecutor} takes on.
 *
 * @param workers threads that run models, at least 1; each runs one request at a time
 * @param queueCapacity requests that may wait for a worker, at least 0
 */
public record ExecutorConfig(int workers, int queueCapacity) {
  private static final int QUEUE_PER_WORKER = 64;
  private static final int MAX_WORKERS = 1024;
  private static final int MAX_QUEUE = 1 << 20;

  public ExecutorConfig {
    if (workers < 1 || workers > MAX_WORKERS) {
      throw new IllegalArgumentException(
          "executor workers must be 1 to " + MAX_WORKERS + ": " + workers);
    }
    if (queueCapacity < 0 || queueCapacity > MAX_QUEUE) {
      throw new IllegalArgumentException(
          "executor queue capacity must be 0 to " + MAX_QUEUE + ": " + queueCapacity);
    }
  }

  /** One worker per core, and 64 places in the queue for each. */
  public static ExecutorConfig defaults() {
    int workers = Runtime.getRuntime().availableProcessors();
    return new ExecutorConfig(workers, QUEUE_PER_WORKER * workers);
  }

  /** How many requests are in flight at most. */
  int limit() {
    return workers + queueCapacity;
  }
}
