// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Runs models, whatever the engine: in this process, in a child, or in a server beside it.
 *
 * <p>Thread rule: every method may be called from any thread and only {@link #close} blocks.
 * Callbacks arrive one at a time per request, on the executor's own threads, or, where a request
 * ends at once (refused, cancelled while queued, too cheap for a hand-over), on the calling thread
 * before its call returns. They must not block. The caller has verified each file's digest and its
 * signer before {@link #load}.
 */
public interface Executor extends AutoCloseable {
  /**
   * Loads and warms a model. Completes when requests would run at full speed; fails with {@link
   * InferenceException} {@code UNLOADABLE}, {@code OUT_OF_MEMORY} or {@code CLOSED}. Loading what
   * is loaded completes at once.
   *
   * @param id the manifest's digest
   * @param manifest what the model declares
   * @param directory where its files lie, under the names in the manifest
   */
  CompletionStage<Void> load(Digest id, Manifest manifest, Path directory);

  /**
   * Stops accepting requests for a model, lets those that run finish, frees its memory. Unloading
   * what is not loaded completes at once.
   */
  CompletionStage<Void> unload(Digest id);

  /**
   * Runs one request: {@link Responses#onStarted} if it gets to run, zero or more {@link
   * Responses#onResponse} and then exactly one of {@code onCompleted} and {@code onFailed}.
   *
   * @return a handle to give up with; queued work is dropped at once, running work when its native
   *     call returns
   */
  Cancellable infer(Inference request, Responses responses);

  /** Fails what is queued with {@code CLOSED}, lets what runs finish, frees everything. Blocks. */
  @Override
  void close();

  /**
   * One request.
   *
   * @param model the manifest digest of a loaded model
   * @param inputs in any order
   * @param outputs names of the wanted outputs; empty for all
   * @param deadlineNanos when to give up, on the {@link System#nanoTime()} scale
   */
  record Inference(Digest model, List<Tensor> inputs, List<String> outputs, long deadlineNanos) {
    public Inference {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /** Receives what a request produces. */
  interface Responses {
    /** The request waited long enough: a worker took it, and the model runs. */
    default void onStarted() {}

    /** One response: the outputs asked for, in the manifest's order. */
    void onResponse(List<Tensor> outputs);

    /** The end of a successful request. */
    void onCompleted();

    /** The end of a failed request. */
    void onFailed(InferenceException failure);
  }

  /** A running or queued request. */
  @FunctionalInterface
  interface Cancellable {
    /** Asks to stop; ends in {@code onFailed(CANCELLED)} unless it ended before. Idempotent. */
    void cancel();
  }
}
