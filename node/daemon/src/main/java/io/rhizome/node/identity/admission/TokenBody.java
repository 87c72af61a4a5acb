// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.gossip.Bytes;
import io.rhizome.node.policy.ResourceKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The body of {@code Token}: the public half of what lets nodes join.
 *
 * @param expiresMillis the wall clock until which it serves, Unix milliseconds
 * @param key the Ed25519 public key, 32 bytes
 * @param labels what a joiner may claim: for each label the values to choose from
 * @param uses how many may still join with it
 */
public record TokenBody(
    long expiresMillis, Bytes key, SortedMap<String, List<String>> labels, int uses) {
  /** The most nodes that one token lets in. */
  public static final int MAX_USES = 10_000;

  private static final int MAX_VALUES = 16;

  public TokenBody {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    if (uses < 0 || uses > MAX_USES) {
      throw new IllegalArgumentException("uses: 0 to %d, not %d".formatted(MAX_USES, uses));
    }
    labels.forEach(
        (label, values) -> {
          if (!EntryBody.LABELS.contains(label)) {
            throw new IllegalArgumentException(
                "label '%s' is not one of %s"
                    .formatted(label, String.join(", ", EntryBody.LABELS)));
          }
          if (values.isEmpty() || values.size() > MAX_VALUES) {
            throw new IllegalArgumentException(
                "label %s: 1 to %d values to choose from".formatted(label, MAX_VALUES));
          }
          values.forEach(value -> Body.requireName("label " + label, value));
        });
  }

  /** The same with one use less. */
  TokenBody used() {
    return new TokenBody(expiresMillis, key, labels, uses - 1);
  }

  /** What policy holds of it. */
  public String text() {
    ObjectNode body = Body.MAPPER.createObjectNode();
    body.put("expires", expiresMillis);
    body.put("key", Base64.getEncoder().encodeToString(key.toArray()));
    ObjectNode claims = body.putObject("labels");
    labels.forEach(
        (label, values) -> {
          ArrayNode choices = claims.putArray(label);
          values.forEach(choices::add);
        });
    body.put("uses", uses);
    return body.toString();
  }

  /** Reads it; {@link IllegalArgumentException} names what does not fit. */
  public static TokenBody parse(ResourceKey key, String body) {
    JsonNode json = Body.read(key, body);
    try {
      SortedMap<String, List<String>> labels = new TreeMap<>();
      json.path("labels")
          .properties()
          .forEach(
              field -> {
                List<String> values = new ArrayList<>();
                field.getValue().forEach(value -> values.add(value.asText()));
                labels.put(field.getKey(), values);
              });
      byte[] publicKey = Base64.getDecoder().decode(json.path("key").asText());
      TokenBody token =
          new TokenBody(
              json.path("expires").asLong(),
              Bytes.of(publicKey),
              labels,
              json.path("uses").asInt(-1));
      if (!TokenKey.id(publicKey).equals(key.name())) {
        throw new IllegalArgumentException("the id of that key is " + TokenKey.id(publicKey));
      }
      Body.requireSame(key, body, token.text());
      return token;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
    }
  }
}
