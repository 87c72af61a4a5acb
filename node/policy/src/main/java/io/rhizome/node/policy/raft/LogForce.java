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
  private long replacements;

  LogForce(Path directory, VoterFailure failure) {
    this.directory = directory;
    this.failure = failure;
  }

  /** Entries after that may be replaced before they are forced again. */
  synchronized void replacingAfter(long index) {
    forcedIndex = Math.min(forcedIndex, index);
    replacements++;
  }

  /**
   * What {@link #through} does, to be done later: entries that are replaced until then do not count
   * as forced, whatever has their place.
   */
  synchronized Runnable throughLater(long index) {
    long before = replacements;
    return () -> through(index, before);
  }

  /** Entries up to that have been written; when this returns they are forced. */
  synchronized void through(long index) {
    through(index, replacements);
  }

  private synchronized void through(long index, long before) {
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
    if (before == replacements) {
      forcedIndex = index;
    }
  }

  /** Makes a directory that, with the one around it, is still there after a power cut. */
  static void createDirectories(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path around = directory.toAbsolutePath().getParent();
    for (int i = 0; i < 2 && around != null; i++) {
      forceDirectory(around);
      around = around.getParent();
    }
  }

  private static void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory)) {
      channel.force(true);
    }
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
    Optional<Path> newest = newest(directory);
    if (newest.isEmpty()) {
      return;
    }
    try (FileChannel channel = FileChannel.open(newest.get(), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    if (!newest.equals(known)) {
      forceDirectory(directory);
      known = newest;
    }
  }

  /** The segment that entries are written to. */
  static Optional<Path> newest(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".log"))
          .max(Comparator.comparingLong(LogForce::segment));
    }
  }

  /** The number in {@code policy-NUMBER.log}. */
  private static long segment(Path file) {
    String name = file.getFileName().toString();
    return Long.parseLong(name.substring(name.lastIndexOf('-') + 1, name.lastIndexOf('.')));
  }
}
