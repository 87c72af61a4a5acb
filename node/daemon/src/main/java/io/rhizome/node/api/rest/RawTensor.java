// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.store.Datatype;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Turns a tensor's elements in JSON into the raw little-endian form, one by one as they come. */
final class RawTensor {
  private static final int FIRST_BYTES = 256;
  private static final BigInteger UINT64_END = BigInteger.ONE.shiftLeft(64);

  private final String where;
  private final Datatype datatype;
  private final int maxBytes;
  private ByteBuffer raw = ByteBuffer.allocate(FIRST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long elements;

  /**
   * An empty tensor.
   *
   * @param where names its data in complaints
   * @param maxBytes the most that its raw form may have
   */
  RawTensor(String where, Datatype datatype, int maxBytes) throws MalformedException {
    if (datatype == Datatype.FP16 || datatype == Datatype.BF16) {
      throw new MalformedException(
          "%s: %s has no JSON form; send it as binary tensor data".formatted(where, datatype));
    }
    this.where = where;
    this.datatype = datatype;
    this.maxBytes = maxBytes;
  }

  long elements() {
    return elements;
  }

  /** All of it; nothing may be added afterwards. */
  ByteString bytes() {
    return UnsafeByteOperations.unsafeWrap(raw.flip());
  }

  /**
   * Adds what the parser stands on: a value, or a list of them, nested or not. Afterwards it stands
   * on the end of that.
   */
  void add(JsonParser json) throws IOException, MalformedException, RefusedException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new MalformedException(where + " must be a list, nested or flat");
    }
    int depth = 1;
    while (depth > 0) {
      JsonToken token = json.nextToken();
      if (token == JsonToken.START_ARRAY) {
        depth++;
      } else if (token == JsonToken.END_ARRAY) {
        depth--;
      } else {
        addElement(json, token);
        elements++;
      }
    }
  }

  private void addElement(JsonParser json, JsonToken token)
      throws IOException, MalformedException, RefusedException {
    switch (datatype) {
      case BOOL -> room(1).put((byte) (bool(json, token) ? 1 : 0));
      case INT8 -> room(1).put((byte) whole(json, token, Byte.MIN_VALUE, Byte.MAX_VALUE));
      case INT16 -> room(2).putShort((short) whole(json, token, Short.MIN_VALUE, Short.MAX_VALUE));
      case INT32 -> room(4).putInt((int) whole(json, token, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case INT64 -> room(8).putLong(whole(json, token, Long.MIN_VALUE, Long.MAX_VALUE));
      case UINT8 -> room(1).put((byte) whole(json, token, 0, 0xff));
      case UINT16 -> room(2).putShort((short) whole(json, token, 0, 0xffff));
      case UINT32 -> room(4).putInt((int) whole(json, token, 0, 0xffff_ffffL));
      case UINT64 -> room(8).putLong(unsigned(json, token));
      case FP32 -> room(4).putFloat(real32(json, token));
      case FP64 -> room(8).putDouble(real64(json, token));
      case BYTES -> {
        if (token != JsonToken.VALUE_STRING) {
          throw wrong(json, "a string");
        }
        byte[] text = json.getText().getBytes(StandardCharsets.UTF_8);
        room(Integer.BYTES + text.length).putInt(text.length).put(text);
      }
      case FP16, BF16 -> throw new IllegalStateException("refused at the start");
    }
  }

  private ByteBuffer room(int more) throws RefusedException {
    if (raw.remaining() < more) {
      long wanted = (long) raw.position() + more;
      if (wanted > maxBytes) {
        throw RefusedException.tooLarge(
            "%s has more than %d bytes (request.maxBytes)".formatted(where, maxBytes));
      }
      int grown = (int) Math.min(maxBytes, Math.max(wanted, 2L * raw.capacity()));
      raw = ByteBuffer.allocate(grown).order(ByteOrder.LITTLE_ENDIAN).put(raw.flip());
    }
    return raw;
  }

  private boolean bool(JsonParser json, JsonToken token) throws IOException, MalformedException {
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw wrong(json, "true or false");
    }
    return token == JsonToken.VALUE_TRUE;
  }

  private long whole(JsonParser json, JsonToken token, long least, long most)
      throws IOException, MalformedException {
    if (token == JsonToken.VALUE_NUMBER_INT
        && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      long value = json.getLongValue();
      if (value >= least && value <= most) {
        return value;
      }
    }
    throw wrong(json, "a whole number from " + least + " to " + most);
  }

  private long unsigned(JsonParser json, JsonToken token) throws IOException, MalformedException {
    if (token == JsonToken.VALUE_NUMBER_INT) {
      BigInteger value = json.getBigIntegerValue();
      if (value.signum() >= 0 && value.compareTo(UINT64_END) < 0) {
        return value.longValue();
      }
    }
    throw wrong(json, "a whole number from 0 to 18446744073709551615");
  }

  private float real32(JsonParser json, JsonToken token) throws IOException, MalformedException {
    if (token.isNumeric()) {
      float value = json.getFloatValue();
      if (Float.isFinite(value)) {
        return value;
      }
    }
    throw wrong(json, "a number");
  }

  private double real64(JsonParser json, JsonToken token) throws IOException, MalformedException {
    if (token.isNumeric()) {
      double value = json.getDoubleValue();
      if (Double.isFinite(value)) {
        return value;
      }
    }
    throw wrong(json, "a number");
  }

  private MalformedException wrong(JsonParser json, String expected) throws IOException {
    String found = json.currentToken() == JsonToken.START_OBJECT ? "an object" : json.getText();
    return new MalformedException(
        "%s[%d] must be %s to be %s, not %s"
            .formatted(where, elements, expected, datatype, Excerpt.of(found)));
  }
}
