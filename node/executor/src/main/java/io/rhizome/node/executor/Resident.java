// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.node.executor.steps.Decoded;
import io.rhizome.store.Datatype;
import io.rhizome.store.Manifest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A loaded model with a count of its users: itself until retired, and each request in flight. It is
 * idle, for good, when the count is 0.
 */
final class Resident {
  private final Manifest manifest;
  private final DeclaredSteps steps;
  private final LoadedModel model;
  private final boolean inline;
  private final AtomicInteger users = new AtomicInteger(1);
  private final CompletableFuture<Void> idle = new CompletableFuture<>();

  Resident(Manifest manifest, DeclaredSteps steps, LoadedModel model, boolean inline) {
    this.manifest = manifest;
    this.steps = steps;
    this.model = model;
    this.inline = inline;
  }

  Manifest manifest() {
    return manifest;
  }

  DeclaredSteps steps() {
    return steps;
  }

  LoadedModel model() {
    return model;
  }

  boolean inline() {
    return inline;
  }

  /** Takes a use of it, to be given back; false when it is retired and idle. */
  boolean acquire() {
    int count = users.get();
    while (count > 0) {
      if (users.compareAndSet(count, count + 1)) {
        return true;
      }
      count = users.get();
    }
    return false;
  }

  /** Gives a use back. */
  void release() {
    if (users.decrementAndGet() == 0) {
      idle.complete(null);
    }
  }

  /** Ends its own use, once; completes when the requests in flight have ended too. */
  CompletableFuture<Void> retire() {
    release();
    return idle;
  }

  /** Runs one checked request with its declared steps and checks what the model gives. */
  List<Tensor> run(List<Tensor> inputs) throws InferenceException {
    List<Tensor> outputs;
    try (Decoded images = steps.before(inputs)) {
      outputs = model.run(images == null ? inputs : List.of(tensor(images)));
    }
    String mismatch = Tensors.outputMismatch(manifest.outputs(), outputs);
    if (mismatch != null) {
      throw new InferenceException(Code.MODEL_FAILED, "the model breaks its manifest: " + mismatch);
    }
    return steps.after(outputs);
  }

  private Tensor tensor(Decoded images) {
    return new Tensor(
        manifest.inputs().get(0).name(), Datatype.FP32, images.shape(), images.elements());
  }
}
