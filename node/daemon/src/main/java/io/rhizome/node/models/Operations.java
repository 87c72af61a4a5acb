// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.node.models.ModelException.Code;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs operations one after the other on the models thread; each ends in its future. */
final class Operations implements AutoCloseable {
  private static final int CLOSE_SECONDS = 10;

  private final ThreadPoolExecutor thread;

  Operations(int maxQueued) {
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(maxQueued),
            work -> new Thread(work, "rhizome-models"));
  }

  /** What an operation does; its failures reach the caller as {@link ModelException}. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws ModelException, IOException;
  }

  <T> CompletableFuture<T> submit(String what, Work<T> work) {
    Operation<T> operation = new Operation<>(what, work);
    try {
      thread.execute(operation);
    } catch (RejectedExecutionException e) {
      operation.refuse(
          thread.isShutdown() ? "this node is stopping" : "too many operations wait already");
    }
    return operation.future;
  }

  /** Interrupts what runs, fails what waits. Blocks until the thread is done, 10 s at most. */
  @Override
  public void close() {
    for (Runnable waiting : thread.shutdownNow()) {
      if (waiting instanceof Operation<?> operation) {
        operation.refuse("this node is stopping");
      }
    }
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "the models thread did not stop in " + CLOSE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Operation<T> implements Runnable {
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private final String what;
    private final Work<T> work;

    Operation(String what, Work<T> work) {
      this.what = what;
      this.work = work;
    }

    @Override
    public void run() {
      try {
        future.complete(work.run());
      } catch (IOException e) {
        future.completeExceptionally(
            new ModelException(Code.STORAGE, what + ": " + e.getMessage(), e));
      } catch (ModelException | RuntimeException e) {
        future.completeExceptionally(e);
      } catch (Error e) {
        future.completeExceptionally(e);
        throw e;
      }
    }

    void refuse(String why) {
      future.completeExceptionally(new ModelException(Code.UNAVAILABLE, what + ": " + why));
    }
  }
}
