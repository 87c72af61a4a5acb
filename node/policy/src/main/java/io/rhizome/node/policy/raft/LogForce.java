// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Forces the log to disk. Atomix writes each entry to its newest segment and forces a segment when
 * it is full, so the newest is all there is to force. Any thread; blocks on disk.
 */
class LogForce {
  private static final long MIN_FREE_BYTES = 16 << 20;

  private final Path directory;
  private final VoterFailure failure;
  private Optional<Path> known = Optional.empty();
  private long forcedIndex;

  LogForce(Path directory, VoterFailure failure) {
    this.directory = directory;
    this.failure = failure;
  }

  /** Entries after that may be replaced before they are forced again. */
  synchronized void replacingAfter(long index) {
    forcedIndex = Math.min(forcedIndex, index);
  }

  /** Entries up to that have been written; when this returns they are forced. */
  synchronized void through(long index) {
    failure.check();
    if (index <= forcedIndex) {
      return;
    }
    try {
      force();
    } catch (IOException e) {
      failure.fail(new IOException("cannot force the log in " + directory + ": " + e, e));
      failure.check();
    }
    forcedIndex = index;
  }

  /** Fails where there may not be room for another entry: half of one must never be written. */
  void checkRoom() {
    failure.check();
    long free = directory.toFile().getUsableSpace();
    if (free < MIN_FREE_BYTES) {
      failure.fail(
          new IOException(
              "%d bytes are free for %s, %d are needed: make room and start again"
                  .formatted(free, directory, MIN_FREE_BYTES)));
      failure.check();
    }
  }

  /** Forces what has been written, whatever it is. */
  void force() throws IOException {
    Optional<Path> newest;
    try (Stream<Path> files = Files.list(directory)) {
      newest =
          files
              .filter(file -> file.getFileName().toString().endsWith(".log"))
              .max(Comparator.comparingLong(LogForce::segment));
    }
    if (newest.isEmpty()) {
      return;
    }
    try (FileChannel channel = FileChannel.open(newest.get(), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    if (!newest.equals(known)) {
      try (FileChannel channel = FileChannel.open(directory)) {
        channel.force(true);
      }
      known = newest;
    }
  }

  /** The number in {@code policy-NUMBER.log}. */
  private static long segment(Path file) {
    String name = file.getFileName().toString();
    return Long.parseLong(name.substring(name.lastIndexOf('-') + 1, name.lastIndexOf('.')));
  }
}
