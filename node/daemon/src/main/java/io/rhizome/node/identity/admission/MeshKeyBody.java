// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.gossip.Bytes;
import io.rhizome.node.identity.MeshKey;
import io.rhizome.node.policy.ResourceKey;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The body of {@code MeshKey}: {@code {"key":hexadecimal}}. */
public final class MeshKeyBody {
  private MeshKeyBody() {}

  /** What policy holds of that key. */
  static String of(byte[] key) {
    ObjectNode body = Body.MAPPER.createObjectNode();
    body.put("key", HexFormat.of().formatHex(key));
    return body.toString();
  }

  /** A new random key. */
  public static String random() {
    byte[] key = new byte[MeshKey.BYTES];
    new SecureRandom().nextBytes(key);
    return of(key);
  }

  static Bytes parse(ResourceKey key, String body) {
    byte[] bytes = HexFormat.of().parseHex(Body.read(key, body).path("key").asText());
    if (bytes.length != MeshKey.BYTES) {
      throw new IllegalArgumentException(
          "%s: has %d bytes, not %d".formatted(key, bytes.length, MeshKey.BYTES));
    }
    Body.requireSame(key, body, of(bytes));
    return Bytes.of(bytes);
  }
}
