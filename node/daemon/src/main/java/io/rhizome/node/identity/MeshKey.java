// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.node.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The secret that all nodes of a mesh share: it seals gossip packets. */
public final class MeshKey {
  /** Length in bytes. */
  public static final int BYTES = 32;

  private static final int MESH_ID_BYTES = 16;

  private final byte[] bytes;

  private MeshKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Writes a new random key, one line of hexadecimal text, to a file of mode 0600. */
  public static void create(Path file) throws IOException {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    DurableFile.write(file, HexFormat.of().formatHex(bytes) + "\n");
  }

  /** Reads a key file; {@link ConfigException} if it is absent, damaged, or open to others. */
  public static MeshKey load(Path file) throws IOException {
    String text = DurableFile.readSecret(file).trim();
    try {
      byte[] bytes = HexFormat.of().parseHex(text);
      if (bytes.length == BYTES) {
        return new MeshKey(bytes);
      }
      throw new ConfigException(file + ": a mesh key has 64 hexadecimal characters");
    } catch (IllegalArgumentException e) {
      throw new ConfigException(file + ": a mesh key has 64 hexadecimal characters", e);
    }
  }

  /** The mesh's public name: 32 hexadecimal characters that tell nothing of the key. */
  public String meshId() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update("rhizome-mesh-id-v1\0".getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(sha256.digest(bytes), 0, MESH_ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** A copy of the {@link #BYTES} bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }
}
