// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rhizome.node.policy.ResourceKey;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What the bodies of these kinds have in common: JSON, of which there is one form. */
final class Body {
  static final JsonMapper MAPPER = JsonMapper.builder().build();

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private Body() {}

  static JsonNode read(ResourceKey key, String body) {
    try {
      return MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(key + ": not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** There is one text for one meaning, so whatever a reader overlooked is found here. */
  static void requireSame(ResourceKey key, String body, String meant) {
    if (!body.equals(meant)) {
      throw new IllegalArgumentException(key + ": should be written as " + meant);
    }
  }

  static String requireName(String field, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "%s has 1 to 63 letters, digits, '.', '-', '_', not '%s'".formatted(field, name));
    }
    return name;
  }

  static SortedMap<String, String> texts(JsonNode object) {
    SortedMap<String, String> texts = new TreeMap<>();
    object.properties().forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
    return texts;
  }
}
