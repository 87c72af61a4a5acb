// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.util.HexFormat;
import java.util.List;

/**
 * Protobuf messages as JSON: the .proto's own field names, numbers as numbers, bytes as
 * hexadecimal, absent fields with their defaults.
 */
public final class MessageJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private MessageJson() {}

  /** The message as an object. */
  public static ObjectNode of(Message message) {
    ObjectNode object = NODES.objectNode();
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.isMapField()) {
        ObjectNode map = object.putObject(field.getName());
        for (Object item : (List<?>) message.getField(field)) {
          MapEntry<?, ?> entry = (MapEntry<?, ?>) item;
          map.set(String.valueOf(entry.getKey()), value(entry.getValue()));
        }
      } else if (field.isRepeated()) {
        ArrayNode array = object.putArray(field.getName());
        ((List<?>) message.getField(field)).forEach(item -> array.add(value(item)));
      } else {
        object.set(field.getName(), value(message.getField(field)));
      }
    }
    return object;
  }

  private static JsonNode value(Object value) {
    if (value instanceof Message message) {
      return of(message);
    }
    if (value instanceof ByteString bytes) {
      return NODES.textNode(HexFormat.of().formatHex(bytes.toByteArray()));
    }
    if (value instanceof EnumValueDescriptor constant) {
      return NODES.textNode(constant.getName());
    }
    return MAPPER.valueToTree(value);
  }
}
