// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.node.policy.ResourceKey;

/**
 * The body of {@code Revoked}.
 *
 * @param name what the key was called
 * @param reason for people
 */
public record RevokedBody(String name, String reason) {
  private static final int MAX_REASON = 256;

  public RevokedBody {
    Body.requireName("name", name);
    if (reason.length() > MAX_REASON) {
      throw new IllegalArgumentException(
          "reason: at most %d characters, not %d".formatted(MAX_REASON, reason.length()));
    }
  }

  /** What policy holds of it. */
  public String text() {
    ObjectNode body = Body.MAPPER.createObjectNode();
    body.put("name", name);
    body.put("reason", reason);
    return body.toString();
  }

  static RevokedBody parse(ResourceKey key, String body) {
    JsonNode json = Body.read(key, body);
    RevokedBody revoked = new RevokedBody(json.path("name").asText(), json.path("reason").asText());
    Body.requireSame(key, body, revoked.text());
    return revoked;
  }
}
