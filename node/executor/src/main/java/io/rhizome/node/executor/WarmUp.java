// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.store.Manifest;
import java.util.ArrayList;
import java.util.List;

/**
 * The trial of a fresh model: zeros of the declared inputs, 1 for each variable dimension, must
 * give the declared outputs, and so must a tiny image where it takes images: the first one decoded
 * pays for the decoder's start. Then, where the engine compiles as it goes, the first calls of the
 * small batch sizes.
 */
final class WarmUp {
  /** Calls of a batch size until libtorch's profiling executor has specialised the graph. */
  private static final int RUNS = 3;

  private static final long[] BATCHES = {2, 4, 8};
  private static final long BUDGET_NANOS = 2_000_000_000L;

  private WarmUp() {}

  /** Runs the trial; fails with {@code UNLOADABLE} or {@code OUT_OF_MEMORY}. */
  static void run(Resident resident) throws InferenceException {
    long start = System.nanoTime();
    trial(resident, 1);
    Tensor images = resident.steps().trialImages();
    if (images != null) {
      trial(resident, 1, List.of(images));
    }
    if (!resident.model().warms()) {
      return;
    }
    repeat(resident, 1);
    if (resident.manifest().inputs().stream().anyMatch(s -> s.shape().get(0) != -1)) {
      return;
    }
    for (long batch : BATCHES) {
      if (System.nanoTime() - start > BUDGET_NANOS) {
        return;
      }
      trial(resident, batch);
      repeat(resident, batch);
    }
  }

  private static void repeat(Resident resident, long batch) throws InferenceException {
    for (int i = 1; i < RUNS; i++) {
      trial(resident, batch);
    }
  }

  private static void trial(Resident resident, long batch) throws InferenceException {
    List<Tensor> zeros = new ArrayList<>();
    try {
      for (var spec : resident.manifest().inputs()) {
        zeros.add(Tensors.zeros(spec, batch));
      }
    } catch (ArithmeticException e) {
      throw unloadable(resident.manifest(), batch, "its declared inputs are too large", e);
    }
    trial(resident, batch, zeros);
  }

  private static void trial(Resident resident, long batch, List<Tensor> inputs)
      throws InferenceException {
    try {
      resident.run(inputs);
    } catch (InferenceException e) {
      if (e.code() == Code.OUT_OF_MEMORY) {
        throw e;
      }
      throw unloadable(resident.manifest(), batch, String.valueOf(e.getMessage()), e);
    }
  }

  private static InferenceException unloadable(
      Manifest manifest, long batch, String why, Exception cause) {
    String cure = batch == 1 ? "" : "; declare a first dimension of 1 if it takes no batches";
    return new InferenceException(
        Code.UNLOADABLE,
        "model '"
            + manifest.name()
            + "' fails its trial with zeros at batch size "
            + batch
            + " (inputs "
            + manifest.inputs()
            + "): "
            + why
            + cure,
        cause);
  }
}
