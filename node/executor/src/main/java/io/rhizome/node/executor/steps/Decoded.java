// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import java.nio.ByteBuffer;
import java.util.List;

/** Images as one tensor; to be closed when the model has run, which frees its memory for others. */
public final class Decoded implements AutoCloseable {
  private final List<Long> shape;
  private final ByteBuffer elements;
  private final ImageMemory.Lease lease;

  Decoded(List<Long> shape, ByteBuffer elements, ImageMemory.Lease lease) {
    this.shape = shape;
    this.elements = elements;
    this.lease = lease;
  }

  /** Its dimensions. */
  public List<Long> shape() {
    return shape;
  }

  /** Its elements, FP32, little-endian. */
  public ByteBuffer elements() {
    return elements;
  }

  @Override
  public void close() {
    lease.close();
  }
}
