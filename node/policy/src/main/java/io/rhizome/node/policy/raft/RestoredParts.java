// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image in parts that fit into log entries: each begins with its number from 0 and how many
 * there are. Part 0 begins anew; one that does not follow is ignored. Bounded. One thread at a
 * time.
 */
final class RestoredParts {
  static final int PART_BYTES = 48 << 10;
  private static final int HEADER_BYTES = 2 * Integer.BYTES;
  private static final int MAX_PARTS = 1024;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int next;

  /** That image's parts, in order. */
  static List<byte[]> of(byte[] image) {
    int count = (image.length + PART_BYTES - 1) / PART_BYTES;
    if (count > MAX_PARTS) {
      throw new IllegalArgumentException("an image of " + image.length + " bytes");
    }
    List<byte[]> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = Math.min(PART_BYTES, image.length - i * PART_BYTES);
      parts.add(
          ByteBuffer.allocate(HEADER_BYTES + length)
              .putInt(i)
              .putInt(count)
              .put(image, i * PART_BYTES, length)
              .array());
    }
    return parts;
  }

  /** Adds a part; the whole image once it was the last. */
  Optional<byte[]> add(byte[] part) {
    ByteBuffer in = ByteBuffer.wrap(part);
    if (in.remaining() < HEADER_BYTES || in.remaining() > HEADER_BYTES + PART_BYTES) {
      return Optional.empty();
    }
    int number = in.getInt();
    int count = in.getInt();
    if (number == 0) {
      bytes.reset();
      next = 0;
    }
    if (number != next || number >= count || count > MAX_PARTS) {
      return Optional.empty();
    }
    bytes.write(part, HEADER_BYTES, part.length - HEADER_BYTES);
    next++;
    if (next < count) {
      return Optional.empty();
    }
    byte[] all = bytes.toByteArray();
    bytes.reset();
    next = 0;
    return Optional.of(all);
  }

  /** What is here, for a snapshot. */
  byte[] bytes() {
    return ByteBuffer.allocate(Integer.BYTES + bytes.size())
        .putInt(next)
        .put(bytes.toByteArray())
        .array();
  }

  /** Goes on from {@link #bytes}. */
  void restore(byte[] saved) {
    next = ByteBuffer.wrap(saved).getInt();
    bytes.reset();
    bytes.write(saved, Integer.BYTES, saved.length - Integer.BYTES);
  }
}
