// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import com.google.protobuf.ByteString;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.inference.InferTensorContents;
import io.rhizome.store.Datatype;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns the protocol's typed contents ({@code fp32_contents} and so on) into the raw little-endian
 * form. Which field carries which datatype, and that 16-bit floats have none, is the protocol's.
 */
final class TypedContents {
  private TypedContents() {}

  static ByteBuffer toRaw(String input, Datatype datatype, InferTensorContents contents)
      throws MalformedException {
    return switch (datatype) {
      case BOOL -> {
        ByteBuffer raw = allocate(contents.getBoolContentsCount());
        contents.getBoolContentsList().forEach(v -> raw.put((byte) (v ? 1 : 0)));
        yield raw.flip();
      }
      case INT8, INT16, INT32 -> {
        ByteBuffer raw = allocate((long) contents.getIntContentsCount() * datatype.elementBytes());
        for (int i = 0; i < contents.getIntContentsCount(); i++) {
          putInt(input, datatype, raw, contents.getIntContents(i), true);
        }
        yield raw.flip();
      }
      case UINT8, UINT16, UINT32 -> {
        ByteBuffer raw = allocate((long) contents.getUintContentsCount() * datatype.elementBytes());
        for (int i = 0; i < contents.getUintContentsCount(); i++) {
          putInt(input, datatype, raw, contents.getUintContents(i), false);
        }
        yield raw.flip();
      }
      case INT64 -> {
        ByteBuffer raw = allocate((long) contents.getInt64ContentsCount() * Long.BYTES);
        contents.getInt64ContentsList().forEach(raw::putLong);
        yield raw.flip();
      }
      case UINT64 -> {
        ByteBuffer raw = allocate((long) contents.getUint64ContentsCount() * Long.BYTES);
        contents.getUint64ContentsList().forEach(raw::putLong);
        yield raw.flip();
      }
      case FP32 -> {
        ByteBuffer raw = allocate((long) contents.getFp32ContentsCount() * Float.BYTES);
        for (int i = 0; i < contents.getFp32ContentsCount(); i++) {
          raw.putFloat(contents.getFp32Contents(i));
        }
        yield raw.flip();
      }
      case FP64 -> {
        ByteBuffer raw = allocate((long) contents.getFp64ContentsCount() * Double.BYTES);
        for (int i = 0; i < contents.getFp64ContentsCount(); i++) {
          raw.putDouble(contents.getFp64Contents(i));
        }
        yield raw.flip();
      }
      case BYTES -> {
        long size = 0;
        for (ByteString element : contents.getBytesContentsList()) {
          size += Integer.BYTES + (long) element.size();
        }
        ByteBuffer raw = allocate(size);
        for (ByteString element : contents.getBytesContentsList()) {
          raw.putInt(element.size());
          element.copyTo(raw);
        }
        yield raw.flip();
      }
      case FP16, BF16 ->
          throw new MalformedException(
              "input '"
                  + input
                  + "': "
                  + datatype
                  + " has no typed contents; use raw_input_contents");
    };
  }

  private static ByteBuffer allocate(long bytes) throws MalformedException {
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new MalformedException("contents of " + bytes + " bytes are too large");
    }
    return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void putInt(
      String input, Datatype datatype, ByteBuffer raw, int value, boolean signed)
      throws MalformedException {
    int bytes = datatype.elementBytes();
    if (bytes < Integer.BYTES) {
      int bits = bytes * Byte.SIZE;
      int min = signed ? -(1 << (bits - 1)) : 0;
      int max = signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
      if (value < min || value > max) {
        throw new MalformedException(
            "input '" + input + "': " + value + " does not fit " + datatype);
      }
    }
    switch (bytes) {
      case Byte.BYTES -> raw.put((byte) value);
      case Short.BYTES -> raw.putShort((short) value);
      default -> raw.putInt(value);
    }
  }
}
