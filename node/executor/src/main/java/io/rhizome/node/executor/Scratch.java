// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Native memory of one thread for the inputs of one call. libtorch computes in place on what it is
 * given, and some models write to their inputs: so they get copies, aligned, never the caller's
 * bytes.
 */
final class Scratch {
  private static final int ALIGNMENT = 64;
  private static final int KEPT_BYTES = 8 << 20;

  private static final ThreadLocal<ByteBuffer> KEPT =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(0));

  private Scratch() {}

  /** Little-endian direct copies of the tensors' bytes, valid until this thread's next call. */
  static List<ByteBuffer> copies(List<Tensor> tensors) {
    long bytes = ALIGNMENT;
    for (Tensor tensor : tensors) {
      bytes += padded(tensor.data().remaining());
    }
    ByteBuffer memory = memory(Math.toIntExact(bytes));
    List<ByteBuffer> copies = new ArrayList<>(tensors.size());
    int offset = 0;
    for (Tensor tensor : tensors) {
      int length = tensor.data().remaining();
      ByteBuffer copy = memory.slice(offset, length).order(ByteOrder.LITTLE_ENDIAN);
      copy.put(tensor.data().duplicate()).flip();
      copies.add(copy);
      offset += Math.toIntExact(padded(length));
    }
    return copies;
  }

  private static ByteBuffer memory(int bytes) {
    ByteBuffer kept = KEPT.get();
    if (kept.capacity() < bytes) {
      kept = ByteBuffer.allocateDirect(bytes);
      if (bytes <= KEPT_BYTES) {
        KEPT.set(kept);
      }
    }
    return kept.alignedSlice(ALIGNMENT);
  }

  private static long padded(int length) {
    return (length + (long) ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
