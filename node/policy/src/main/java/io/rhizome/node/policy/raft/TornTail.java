// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the entry that a power cut interrupted. Atomix goes on before it without a word. A segment
 * is a header, then entries of length, CRC-32 and bytes, then zeros.
 */
final class TornTail {
  private static final int HEADER_BYTES = 64;
  private static final int ENTRY_HEADER_BYTES = 2 * Integer.BYTES;

  private static final Logger log = LoggerFactory.getLogger(TornTail.class);

  private TornTail() {}

  /** Says so in the log, if there is one in that directory. */
  static void report(Path directory) throws IOException {
    Optional<Path> newest = LogForce.newest(directory);
    if (newest.isEmpty()) {
      return;
    }
    OptionalInt torn = in(newest.get());
    if (torn.isPresent()) {
      log.warn(
          "an entry of policy's log was not written whole, as a power cut leaves it ({} at byte {}):"
              + " it is left out; if it was committed, it comes again from the other voters",
          newest.get(),
          torn.getAsInt());
    }
  }

  /** Where in that segment an entry begins that is not whole; empty where all are. */
  static OptionalInt in(Path segment) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment));
    int at = HEADER_BYTES;
    while (at + ENTRY_HEADER_BYTES <= bytes.capacity() && isWhole(bytes, at)) {
      at += ENTRY_HEADER_BYTES + bytes.getInt(at);
    }
    for (int i = at; i < bytes.capacity(); i++) {
      if (bytes.get(i) != 0) {
        return OptionalInt.of(at);
      }
    }
    return OptionalInt.empty();
  }

  private static boolean isWhole(ByteBuffer bytes, int at) {
    int length = bytes.getInt(at);
    int from = at + ENTRY_HEADER_BYTES;
    if (length <= 0 || length > bytes.capacity() - from) {
      return false;
    }
    CRC32 checksum = new CRC32();
    checksum.update(bytes.slice(from, length));
    return (int) checksum.getValue() == bytes.getInt(at + Integer.BYTES);
  }
}
