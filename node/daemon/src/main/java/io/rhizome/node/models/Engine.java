// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.node.executor.Executor;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.models.LoadProgress.Stage;
import io.rhizome.node.models.ModelException.Code;
import io.rhizome.store.FileModelStore;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import io.rhizome.store.Signers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one gate to the executor: nothing is loaded but what a trusted key signed and whose files
 * were verified just before. Blocks; the models thread only.
 */
final class Engine {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final String PYTORCH = "pytorch";
  private static final String TORCHSCRIPT = ".pt";

  private final ModelsConfig config;
  private final FileModelStore store;
  private final Executor executor;
  private final Signers signers;

  Engine(ModelsConfig config, FileModelStore store, Executor executor, Signers signers) {
    this.config = config;
    this.store = store;
    this.executor = executor;
    this.signers = signers;
  }

  void load(SignedManifest manifest, Consumer<LoadProgress> progress)
      throws ModelException, IOException {
    if (!manifest.trustedBy(signers)) {
      throw new ModelException(Code.UNTRUSTED, "no trusted key signed " + manifest);
    }
    report(progress, Stage.VERIFYING, manifest);
    Path directory = store.materialise(manifest);
    if (manifest.manifest().engine().equals(PYTORCH)) {
      for (Manifest.File file : manifest.manifest().files()) {
        if (file.name().endsWith(TORCHSCRIPT)) {
          TorchFile.check(directory.resolve(file.name()));
        }
      }
    }
    report(progress, Stage.LOADING, manifest);
    String what = "loading " + manifest;
    try {
      Waiting.forResult(
          executor.load(manifest.id(), manifest.manifest(), directory), config.loadTimeout(), what);
    } catch (ExecutionException e) {
      throw failure(what, Waiting.cause(e));
    } catch (ModelException e) {
      // It may yet finish loading, and nobody would know.
      executor
          .unload(manifest.id())
          .whenComplete((done, failure) -> LOG.info("{} took too long and was dropped", manifest));
      throw e;
    }
  }

  void unload(SignedManifest manifest) throws ModelException {
    String what = "unloading " + manifest;
    try {
      Waiting.forResult(executor.unload(manifest.id()), config.loadTimeout(), what);
    } catch (ExecutionException e) {
      throw failure(what, Waiting.cause(e));
    }
  }

  static void report(Consumer<LoadProgress> progress, Stage stage, SignedManifest manifest) {
    long bytes = manifest.manifest().files().stream().mapToLong(Manifest.File::bytes).sum();
    progress.accept(
        new LoadProgress(stage, bytes, bytes, 0, 0, manifest.id(), manifest.manifest().version()));
  }

  private static ModelException failure(String what, Throwable cause) {
    String message = what + ": " + cause.getMessage();
    if (!(cause instanceof InferenceException e)) {
      return new ModelException(Code.INVALID, what + ": " + cause, cause);
    }
    return switch (e.code()) {
      case OUT_OF_MEMORY -> new ModelException(Code.OUT_OF_MEMORY, message, e);
      case CLOSED, OVERLOADED, DEADLINE_EXCEEDED, CANCELLED ->
          new ModelException(Code.UNAVAILABLE, message, e);
      case INVALID_ARGUMENT, NOT_LOADED, MODEL_FAILED, UNLOADABLE ->
          new ModelException(Code.INVALID, message, e);
    };
  }
}
