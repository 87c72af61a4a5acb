// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a voter keeps its log; that it is there is what makes a node a voter when it starts. */
public record VoterDirectory(Path path) {
  /** The one within that policy directory. */
  public static VoterDirectory in(Path policy) {
    return new VoterDirectory(policy.resolve("raft"));
  }

  /** Whether this node is a voter. */
  public boolean exists() {
    return Files.isDirectory(path);
  }

  void create() throws IOException {
    Files.createDirectories(path);
  }

  /** Takes it away, with all that is in it. */
  public void delete() throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(path)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }
}
