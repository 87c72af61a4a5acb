// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.store.Datatype;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A named tensor in raw little-endian form, row-major.
 *
 * @param name as declared in the manifest
 * @param datatype element type
 * @param shape dimensions, each at least 1
 * @param data the bytes between position and limit; never written to, and not to be reused by its
 *     giver while a call runs
 */
public record Tensor(String name, Datatype datatype, List<Long> shape, ByteBuffer data) {
  public Tensor {
    shape = List.copyOf(shape);
  }
}
