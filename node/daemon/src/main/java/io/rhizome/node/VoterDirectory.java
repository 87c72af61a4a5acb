// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.store.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a voter keeps its log; that it is there is what makes a node a voter when it starts. It
 * says of which epoch it is, and counts in no other.
 *
 * @param path the log's
 * @param aside where the last one is kept that counts no more
 */
public record VoterDirectory(Path path, Path aside) {
  private static final String LABEL = "epoch";
  private static final String UNFINISHED = "unfinished";

  /** The one within that policy directory. */
  public static VoterDirectory in(Path policy) {
    return new VoterDirectory(policy.resolve("raft"), policy.resolve("raft.old"));
  }

  /** Whether this node is a voter. */
  public boolean exists() {
    return Files.isDirectory(path);
  }

  /** A new one, of the epoch with that label; empty for the time before the first. */
  void create(String label) throws IOException {
    Files.createDirectories(path);
    if (!label.isEmpty()) {
      label(label);
    }
  }

  /** A new one that is of no epoch until {@link #label(String)} says so. */
  void createUnfinished() throws IOException {
    create(UNFINISHED);
  }

  /** From now on it is of that epoch. */
  void label(String label) throws IOException {
    DurableFiles.replace(path.resolve(LABEL), label.getBytes(StandardCharsets.US_ASCII));
  }

  /** Of which epoch it is. */
  String label() throws IOException {
    Path file = path.resolve(LABEL);
    return Files.exists(file) ? Files.readString(file, StandardCharsets.US_ASCII) : "";
  }

  /** It counts no more: kept for people to look at, where it was ever finished. */
  void setAside() throws IOException {
    if (!exists()) {
      return;
    }
    if (label().equals(UNFINISHED)) {
      delete(path);
      return;
    }
    if (Files.exists(aside)) {
      delete(aside);
    }
    Files.move(path, aside);
  }

  /** Takes it away, with all that is in it. */
  public void delete() throws IOException {
    delete(path);
  }

  private static void delete(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }
}
