// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.store.Manifest;
import java.nio.file.Path;

/**
 * A way to run models inside this process, one blocking call per request. Engines that stream or
 * live elsewhere implement {@link Executor} themselves instead.
 *
 * <p>Thread rule: {@link #close} is called once, the rest from one thread.
 */
interface Engine extends AutoCloseable {
  /** The name by which a manifest asks for it. */
  String name();

  /** Does what is done once per machine, unless it was done; blocks. Fails as {@link #start}. */
  default void unpack() throws InferenceException {}

  /**
   * Initialises, unless that was done; blocks. Called before each load. Fails with {@code
   * UNLOADABLE} when the engine cannot run here.
   */
  default void start() throws InferenceException {}

  /**
   * Reads a model; blocks. Fails with {@code UNLOADABLE} or {@code OUT_OF_MEMORY}.
   *
   * @param directory where the manifest's files lie, verified
   */
  LoadedModel load(Manifest manifest, Path directory) throws InferenceException;

  /**
   * Whether requests run on the thread that asks. Only for work that costs less than a hand-over.
   */
  default boolean runsInline() {
    return false;
  }

  @Override
  default void close() {}
}
