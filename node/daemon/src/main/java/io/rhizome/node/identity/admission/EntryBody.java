// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.PublicKeys;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.policy.ResourceKey;
import java.security.PublicKey;
import java.util.List;

/** The body of {@code Node} and {@code Operator}: {@code {"key":..,"labels":{..},"name":..}}. */
public final class EntryBody {
  /** The labels that are given with admission, and only there. */
  public static final List<String> LABELS = List.of("region", "security", "site", "tier");

  private EntryBody() {}

  /** What policy holds of it; {@link IllegalArgumentException} names what does not fit. */
  public static String of(Roster.Entry entry) {
    Body.requireName("a name", entry.name());
    ObjectNode body = Body.MAPPER.createObjectNode();
    body.put("key", PublicKeys.text(entry.key()));
    ObjectNode labels = body.putObject("labels");
    entry
        .labels()
        .forEach(
            (label, value) -> {
              if (!LABELS.contains(label)) {
                throw new IllegalArgumentException(
                    "label '%s' is not one of %s".formatted(label, String.join(", ", LABELS)));
              }
              labels.put(label, Body.requireName("label " + label, value));
            });
    body.put("name", entry.name());
    return body.toString();
  }

  /** Reads it; {@link IllegalArgumentException} names what does not fit. */
  public static Roster.Entry parse(ResourceKey key, String body) {
    JsonNode json = Body.read(key, body);
    Roster.Entry entry;
    try {
      PublicKey publicKey = PublicKeys.parse(json.path("key").asText());
      NodeId id = NodeId.ofPublicKey(publicKey.getEncoded());
      if (!id.toString().equals(key.name())) {
        throw new IllegalArgumentException("the id of that key is " + id);
      }
      entry =
          new Roster.Entry(
              json.path("name").asText(), id, publicKey, Body.texts(json.path("labels")));
      Body.requireSame(key, body, of(entry));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
    }
    return entry;
  }
}
