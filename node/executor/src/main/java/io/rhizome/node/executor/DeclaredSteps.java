// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.node.executor.steps.Decoded;
import io.rhizome.node.executor.steps.ImageException;
import io.rhizome.node.executor.steps.ImageMemory;
import io.rhizome.node.executor.steps.Postprocess;
import io.rhizome.node.executor.steps.Preprocess;
import io.rhizome.store.Datatype;
import io.rhizome.store.Manifest;
import io.rhizome.store.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a manifest has done before and after its model, see {@link Manifest#clientInputs} and {@link
 * Manifest#clientOutputs}. A tensor of the declared datatype in place of images passes by. Any
 * thread.
 */
final class DeclaredSteps {
  /** A PNG of one gray pixel. */
  private static final byte[] PIXEL =
      Base64.getDecoder()
          .decode(
              "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5E"
                  + "rkJggg==");

  private final Manifest manifest;
  private final @Nullable Preprocess before;
  private final @Nullable Postprocess after;
  private final ImageMemory memory;

  private DeclaredSteps(
      Manifest manifest,
      @Nullable Preprocess before,
      @Nullable Postprocess after,
      ImageMemory memory) {
    this.manifest = manifest;
    this.memory = memory;
    this.before = before;
    this.after = after;
  }

  /**
   * Reads them; {@code UNLOADABLE} names the step and the field that is wrong.
   *
   * @param memory what all models of this process decode in
   */
  static DeclaredSteps of(Manifest manifest, ImageMemory memory) throws InferenceException {
    try {
      Preprocess before = null;
      if (!manifest.preprocess().isEmpty()) {
        before = Preprocess.compile(manifest.preprocess(), manifest.inputs().get(0));
      }
      Postprocess after = null;
      if (!manifest.postprocess().isEmpty()) {
        after = Postprocess.compile(manifest.postprocess(), manifest.outputs().get(0));
      }
      return new DeclaredSteps(manifest, before, after, memory);
    } catch (IllegalArgumentException e) {
      throw new InferenceException(
          Code.UNLOADABLE, "model '" + manifest.name() + "': " + e.getMessage(), e);
    }
  }

  boolean isEmpty() {
    return before == null && after == null;
  }

  /** What the inputs of a request must look like, given how the only one came. */
  List<TensorSpec> inputs(List<Tensor> given) {
    boolean encoded =
        before != null && given.size() == 1 && given.get(0).datatype() == Datatype.BYTES;
    return encoded ? manifest.clientInputs() : manifest.inputs();
  }

  /** The smallest images that a request may bring, for a trial; null where it brings tensors. */
  @Nullable Tensor trialImages() {
    if (before == null) {
      return null;
    }
    TensorSpec images = manifest.clientInputs().get(0);
    long count = Math.max(1, images.shape().get(0));
    return new Tensor(
        images.name(),
        Datatype.BYTES,
        List.of(count),
        strings(Collections.nCopies((int) count, PIXEL)));
  }

  /** Decodes a checked BYTES input; null where tensors came. {@code INVALID_ARGUMENT}. */
  @Nullable Decoded before(List<Tensor> inputs) throws InferenceException {
    Tensor only = inputs.get(0);
    if (before == null || only.datatype() != Datatype.BYTES) {
      return null;
    }
    ByteBuffer data = only.data().slice().order(ByteOrder.LITTLE_ENDIAN);
    List<ByteBuffer> images = new ArrayList<>();
    while (data.hasRemaining()) {
      int length = data.getInt();
      images.add(data.slice(data.position(), length));
      data.position(data.position() + length);
    }
    try {
      return before.decode(images, memory);
    } catch (ImageException e) {
      String message = "input '" + only.name() + "': " + e.getMessage();
      throw new InferenceException(Code.INVALID_ARGUMENT, message, e);
    }
  }

  /** Adds the classification to checked outputs. */
  List<Tensor> after(List<Tensor> outputs) {
    if (after == null) {
      return outputs;
    }
    Tensor first = outputs.get(0);
    int rows = Math.toIntExact(first.shape().get(0));
    float[] row = new float[Math.toIntExact(first.shape().get(1))];
    ByteBuffer from = first.data().slice().order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> classes = new ArrayList<>();
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < row.length; c++) {
        row[c] = from.getFloat();
      }
      for (String text : after.classify(row)) {
        classes.add(text.getBytes(StandardCharsets.UTF_8));
      }
    }
    List<Tensor> all = new ArrayList<>(outputs);
    List<Long> shape = List.of((long) rows, (long) after.k());
    all.add(new Tensor(Manifest.CLASSIFICATION, Datatype.BYTES, shape, strings(classes)));
    return all;
  }

  private static ByteBuffer strings(List<byte[]> elements) {
    int size = elements.stream().mapToInt(element -> Integer.BYTES + element.length).sum();
    ByteBuffer data = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    elements.forEach(element -> data.putInt(element.length).put(element));
    return data.flip();
  }
}
