// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.store.Digest;
import io.rhizome.store.DurableFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * All of a mesh's policy but its secrets, in one file: a line that names the format, the mesh's id,
 * the image as {@link PolicyCodec} writes it, and the SHA-256 of all that. The same policy makes
 * the same bytes.
 */
record PolicyBackup(String mesh, PolicyImage image) {
  private static final byte[] FORMAT =
      "rhizome-policy-backup-v1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGEST_BYTES = 32;
  private static final int MAX_FILE_BYTES = 64 << 20;

  byte[] encode() {
    byte[] meshId = mesh.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(FORMAT);
    bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(meshId.length).array());
    bytes.writeBytes(meshId);
    bytes.writeBytes(PolicyCodec.encode(image));
    bytes.writeBytes(sha256(bytes.toByteArray()));
    return bytes.toByteArray();
  }

  private static byte[] sha256(byte[] bytes) {
    return Digest.sha256(bytes).bytes();
  }

  void write(Path file) throws IOException {
    DurableFiles.replace(file.toAbsolutePath(), encode());
  }

  /** Reads a file; {@link ConfigException} where it is none, or not whole. */
  static PolicyBackup read(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new ConfigException(file + ": too large for a backup of policy");
    }
    byte[] all = Files.readAllBytes(file);
    if (all.length < FORMAT.length + DIGEST_BYTES
        || !Arrays.equals(FORMAT, 0, FORMAT.length, all, 0, FORMAT.length)) {
      throw new ConfigException(file + ": no backup of policy; `rhizome policy backup` writes one");
    }
    int end = all.length - DIGEST_BYTES;
    if (!Arrays.equals(sha256(Arrays.copyOf(all, end)), Arrays.copyOfRange(all, end, all.length))) {
      throw new ConfigException(
          file + ": damaged: its SHA-256 is not the one at its end; use another copy of it");
    }
    try {
      ByteBuffer in = ByteBuffer.wrap(all, FORMAT.length, end - FORMAT.length);
      byte[] meshId = new byte[Math.min(in.getInt(), in.remaining())];
      in.get(meshId);
      byte[] image = new byte[in.remaining()];
      in.get(image);
      return new PolicyBackup(new String(meshId, StandardCharsets.UTF_8), PolicyCodec.image(image));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new ConfigException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
