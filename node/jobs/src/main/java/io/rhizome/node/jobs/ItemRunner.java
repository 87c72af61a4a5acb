// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.concurrent.CompletableFuture;

/** Runs one item, as any client would have it run, but after all others. Any thread. */
public interface ItemRunner {
  /** How that ended. */
  sealed interface Outcome {}

  /** The model answered, with an encoded {@code ModelInferResponse}. */
  @SuppressWarnings("ArrayRecordComponent") // Bytes on their way from a socket to a store.
  record Answered(byte[] answer) implements Outcome {}

  /** It will never work. */
  record Failed(String why) implements Outcome {}

  /** It may work later, such as where nobody can be reached who has the model, or has room. */
  record Later(String why) implements Outcome {}

  /**
   * Runs one.
   *
   * @param item an encoded {@code ModelInferRequest}, whose model is not looked at
   */
  CompletableFuture<Outcome> run(Job job, byte[] item);
}
