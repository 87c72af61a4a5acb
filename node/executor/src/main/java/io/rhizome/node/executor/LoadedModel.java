// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import java.util.List;

/** A model in memory. {@link #run} may be called from many threads at once, until closed. */
interface LoadedModel extends AutoCloseable {
  /**
   * Runs one request; blocks.
   *
   * @param inputs checked against the manifest, in its order
   * @return the outputs in the manifest's order, under its names
   */
  List<Tensor> run(List<Tensor> inputs) throws InferenceException;

  /** Whether the first calls of each batch size are slow, so that they should not be a client's. */
  default boolean warms() {
    return false;
  }

  /** Frees it. Nothing runs then or later. */
  @Override
  default void close() {}
}
