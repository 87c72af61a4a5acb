// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api;

import io.rhizome.node.models.ModelException;
import io.rhizome.node.protocol.MalformedException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Loading and unloading by anybody who reaches the public ports, as Triton's model repository
 * extension has it. Stock clients cannot prove that they are operators, so this is off unless the
 * operator allows it to all.
 *
 * <p>Any thread; nothing blocks.
 */
public final class ModelControl {
  /** Triton's clients always send it. Models here have no dependents. */
  private static final List<String> UNLOAD_PARAMETERS = List.of("unload_dependents");

  private final boolean allowed;
  private final Function<String, CompletableFuture<Void>> load;
  private final Function<String, CompletableFuture<Void>> unload;

  /**
   * Control over this node's models.
   *
   * @param allowed {@code api.allowModelControl}
   * @param load gets the newest version of a model from its holders if need be, and serves it
   * @param unload stops serving all versions of a model here
   */
  public ModelControl(
      boolean allowed,
      Function<String, CompletableFuture<Void>> load,
      Function<String, CompletableFuture<Void>> unload) {
    this.allowed = allowed;
    this.load = load;
    this.unload = unload;
  }

  /**
   * Loads a model on this node; fails with a {@link ModelException}, {@code FORBIDDEN} where
   * clients may not.
   *
   * @param parameters names of those that came along; none is taken
   */
  public CompletableFuture<Void> load(String name, Collection<String> parameters)
      throws MalformedException {
    require(name, parameters, List.of());
    return allowed ? load.apply(name) : off("load", name);
  }

  /**
   * Unloads a model from this node; fails likewise.
   *
   * @param parameters names of those that came along; only {@code unload_dependents} is taken
   */
  public CompletableFuture<Void> unload(String name, Collection<String> parameters)
      throws MalformedException {
    require(name, parameters, UNLOAD_PARAMETERS);
    return allowed ? unload.apply(name) : off("unload", name);
  }

  private static void require(String name, Collection<String> given, List<String> taken)
      throws MalformedException {
    if (name.isEmpty()) {
      throw new MalformedException("model_name is missing");
    }
    for (String parameter : given) {
      if (!taken.contains(parameter)) {
        throw new MalformedException(
            "parameters.%s is not taken here: a model runs as it was pushed; push another version"
                .formatted(parameter));
      }
    }
  }

  private static CompletableFuture<Void> off(String verb, String name) {
    return CompletableFuture.failedFuture(
        new ModelException(
            ModelException.Code.FORBIDDEN,
            "clients may not %s models: api.allowModelControl is false; an operator may: rhizome model %s %s"
                .formatted(verb, verb, name)));
  }
}
