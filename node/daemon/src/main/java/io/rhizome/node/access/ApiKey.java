// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rhizome.gossip.Bytes;
import io.rhizome.node.policy.ResourceKey;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * An API key as policy has it. Immutable.
 *
 * @param id 16 base32 characters
 * @param name what people call it
 * @param tenant whose it is
 * @param role what it is good for
 * @param origin the region that its requests come from; empty for that of the node they enter by
 * @param expiresMillis Unix milliseconds from which on it is no good; {@link #NEVER}
 * @param by how its holder proves to have it
 * @param hash SHA-256 of its secret, or of its certificate's public key (SubjectPublicKeyInfo, DER)
 */
public record ApiKey(
    String id,
    String name,
    String tenant,
    Role role,
    String origin,
    long expiresMillis,
    By by,
    Bytes hash) {
  /** The kind of resource that keys are. */
  public static final String KIND = "ApiKey";

  /** The time that no clock reaches. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** How the holder of a key proves to have it. */
  public enum By {
    /** It sends a secret. */
    SECRET("sha256"),
    /** It proves possession of its certificate's key, by TLS. */
    CERTIFICATE("spki");

    private final String field;

    By(String field) {
      this.field = field;
    }
  }

  /** What it is called in policy. */
  public ResourceKey key() {
    return new ResourceKey(KIND, id);
  }

  /** What policy keeps, canonical JSON: keys sorted, no spaces. */
  public String body() {
    TreeMap<String, Object> fields = new TreeMap<>();
    fields.put("name", name);
    fields.put("tenant", tenant);
    fields.put("role", role.toString());
    fields.put(by.field, hash.toString());
    if (!origin.isEmpty()) {
      fields.put("origin", origin);
    }
    if (expiresMillis != NEVER) {
      fields.put("expires", expiresMillis);
    }
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers can be written as JSON", e);
    }
  }

  /** Reads what {@link #body} wrote; {@link IllegalArgumentException} for anything else. */
  public static ApiKey parse(String id, String body) {
    JsonNode fields;
    try {
      fields = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("API key " + id + " is not JSON", e);
    }
    String role = fields.path("role").asText();
    By by = fields.has(By.CERTIFICATE.field) ? By.CERTIFICATE : By.SECRET;
    return new ApiKey(
        id,
        fields.path("name").asText(),
        fields.path("tenant").asText(),
        Role.of(role).orElseThrow(() -> new IllegalArgumentException("no role '" + role + "'")),
        fields.path("origin").asText(""),
        fields.path("expires").asLong(NEVER),
        by,
        Bytes.of(HexFormat.of().parseHex(fields.path(by.field).asText())));
  }

  /** What policy keeps of a secret. */
  public static Bytes sha256(Bytes secret) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(secret.toArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
