// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

/** The tensor element types of the Open Inference Protocol v2, by their names there. */
public enum Datatype {
  BOOL(1),
  UINT8(1),
  UINT16(2),
  UINT32(4),
  UINT64(8),
  INT8(1),
  INT16(2),
  INT32(4),
  INT64(8),
  FP16(2),
  BF16(2),
  FP32(4),
  FP64(8),
  /** Byte strings; raw form is a 4-byte little-endian length before each. */
  BYTES(0);

  private final int elementBytes;

  Datatype(int elementBytes) {
    this.elementBytes = elementBytes;
  }

  /** Size of one element in bytes; 0 for {@link #BYTES}, whose elements vary. */
  public int elementBytes() {
    return elementBytes;
  }
}
