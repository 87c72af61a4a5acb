// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.node.executor.Executor.Inference;
import io.rhizome.store.Datatype;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the tests of this module share: manifests, tensors, requests. */
final class Models {
  static final Path DEPLOYED = Path.of("..", "..", "deploy", "models").toAbsolutePath().normalize();
  static final Path RESOURCES = Path.of("src", "test", "resources", "models").toAbsolutePath();

  private Models() {}

  static Manifest manifest(String engine, String file, String inputs, String outputs) {
    return manifest(engine, file, inputs, outputs, Map.of());
  }

  /** Specs are separated by blanks; no file where {@code file} is empty. */
  static Manifest manifest(
      String engine, String file, String inputs, String outputs, Map<String, String> parameters) {
    List<Manifest.File> files =
        file.isEmpty() ? List.of() : List.of(new Manifest.File(file, 1, id(file)));
    return new Manifest(
        "m", 1, engine, files, specs(inputs), specs(outputs), new TreeMap<>(parameters));
  }

  private static List<TensorSpec> specs(String text) {
    return List.of(text.split(" ")).stream().map(TensorSpec::parse).toList();
  }

  static Digest id(String name) {
    return Digest.sha256(name.getBytes(StandardCharsets.UTF_8));
  }

  static Tensor floats(String name, List<Long> shape, float... values) {
    ByteBuffer data =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return new Tensor(name, Datatype.FP32, shape, data);
  }

  static float[] floats(Tensor tensor) {
    float[] values = new float[tensor.data().remaining() / Float.BYTES];
    tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  static Inference request(Digest model, Tensor... inputs) {
    return new Inference(model, List.of(inputs), List.of(), inMillis(20_000));
  }

  static long inMillis(long millis) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  static Answer infer(Executor executor, Inference request) {
    Answer answer = new Answer();
    executor.infer(request, answer);
    return answer;
  }

  /** Waits for a load or unload; throws what it failed with. */
  static void await(CompletionStage<Void> stage)
      throws InferenceException, InterruptedException, TimeoutException {
    try {
      stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InferenceException failure) {
        throw failure;
      }
      throw new AssertionError(e);
    }
  }
}
