// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import io.rhizome.node.protocol.inference.InferTensorContents;
import io.rhizome.store.Datatype;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Tensor elements as a flat JSON list, from either wire form. */
final class TensorJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private TensorJson() {}

  /** Raw little-endian contents; {@link IllegalArgumentException} if they end within an element. */
  static ArrayNode ofRaw(String datatype, ByteString raw) {
    Datatype type = Datatype.valueOf(datatype);
    ByteBuffer data = raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    ArrayNode list = NODES.arrayNode();
    try {
      while (data.hasRemaining()) {
        addNext(type, data, list);
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("an output ends within an element", e);
    }
    return list;
  }

  private static void addNext(Datatype type, ByteBuffer data, ArrayNode list) {
    switch (type) {
      case BOOL -> list.add(data.get() != 0);
      case INT8 -> list.add(data.get());
      case INT16 -> list.add(data.getShort());
      case INT32 -> list.add(data.getInt());
      case INT64 -> list.add(data.getLong());
      case UINT8 -> list.add(Byte.toUnsignedInt(data.get()));
      case UINT16 -> list.add(Short.toUnsignedInt(data.getShort()));
      case UINT32 -> list.add(Integer.toUnsignedLong(data.getInt()));
      case UINT64 -> list.add(new BigInteger(Long.toUnsignedString(data.getLong())));
      case FP32 -> list.add(data.getFloat());
      case FP64 -> list.add(data.getDouble());
      // Sixteen-bit floats have no JSON form in the protocol: their bits are shown.
      case FP16, BF16 -> list.add(Short.toUnsignedInt(data.getShort()));
      case BYTES -> {
        int length = data.getInt();
        if (length < 0 || length > data.remaining()) {
          throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        data.get(bytes);
        list.add(new String(bytes, StandardCharsets.UTF_8));
      }
    }
  }

  /** Typed contents: whichever of the lists is filled. */
  static ArrayNode ofContents(InferTensorContents contents) {
    ArrayNode list = NODES.arrayNode();
    contents.getBoolContentsList().forEach(list::add);
    contents.getIntContentsList().forEach(list::add);
    contents.getInt64ContentsList().forEach(list::add);
    contents.getUintContentsList().forEach(v -> list.add(Integer.toUnsignedLong(v)));
    contents
        .getUint64ContentsList()
        .forEach(v -> list.add(new BigInteger(Long.toUnsignedString(v))));
    contents.getFp32ContentsList().forEach(list::add);
    contents.getFp64ContentsList().forEach(list::add);
    contents.getBytesContentsList().forEach(v -> list.add(v.toStringUtf8()));
    return list;
  }
}
