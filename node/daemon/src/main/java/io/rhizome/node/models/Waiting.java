// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.node.models.ModelException.Code;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** Waits on the models thread for what others do, never without a bound. */
final class Waiting {
  private Waiting() {}

  /**
   * The stage's result; its own exception, unwrapped, as the cause of an {@link
   * ExecutionException}.
   */
  static <T> T forResult(CompletionStage<T> stage, Duration limit, String what)
      throws ExecutionException, ModelException {
    return whileMoving(stage, limit, () -> 0, what);
  }

  /** Like {@link #forResult}, but gives up only when {@code progress} stands still that long. */
  static <T> T whileMoving(
      CompletionStage<T> stage, Duration stall, LongSupplier progress, String what)
      throws ExecutionException, ModelException {
    CompletableFuture<T> future = stage.toCompletableFuture();
    long seen = progress.getAsLong();
    while (true) {
      try {
        return future.get(stall.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        long now = progress.getAsLong();
        if (now == seen) {
          future.cancel(true);
          throw new ModelException(
              Code.UNAVAILABLE, what + ": nothing for " + stall.toMillis() + " ms", e);
        }
        seen = now;
      } catch (CancellationException e) {
        throw new ModelException(Code.UNAVAILABLE, what + ": cancelled", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        future.cancel(true);
        throw new ModelException(Code.UNAVAILABLE, what + ": this node is stopping", e);
      }
    }
  }

  /** What made the stage fail. */
  static Throwable cause(ExecutionException e) {
    return Objects.requireNonNullElse(e.getCause(), e);
  }
}
