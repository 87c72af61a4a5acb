// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments of the log of which nothing reached the disk before the power failed: Atomix makes a
 * file, fills it, and cannot start where it is empty. Nothing in it was ever acknowledged, or it
 * would have been forced.
 */
final class UnforcedSegments {
  private static final Logger log = LoggerFactory.getLogger(UnforcedSegments.class);

  /** What Atomix writes before the entries; never all zero. */
  private static final int HEADER_BYTES = 64;

  private UnforcedSegments() {}

  /** Before Atomix opens the log. */
  static void remove(Path directory) throws IOException {
    List<Path> segments;
    try (Stream<Path> files = Files.list(directory)) {
      segments = files.filter(file -> file.getFileName().toString().endsWith(".log")).toList();
    }
    for (Path segment : segments) {
      if (isUnforced(segment)) {
        log.warn("{} was never forced before the power failed, and is removed", segment);
        Files.delete(segment);
      }
    }
  }

  private static boolean isUnforced(Path segment) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
      while (header.hasRemaining() && channel.read(header) >= 0) {}
    }
    if (header.hasRemaining()) {
      return true;
    }
    header.flip();
    while (header.hasRemaining()) {
      if (header.get() != 0) {
        return false;
      }
    }
    return true;
  }
}
