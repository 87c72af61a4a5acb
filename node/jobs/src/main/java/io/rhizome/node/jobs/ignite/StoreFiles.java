// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a node's part of the store lies.
 *
 * <pre>
 * ignite/              what Ignite keeps
 * ignite-aside-MILLIS/ a store that could not be used any more, the newest two
 * carried-MILLIS       results of a store that was given up, to be added to the next
 * probe                written and deleted to see whether the disk can be written
 * </pre>
 */
final class StoreFiles {
  private static final String ASIDE = "ignite-aside-";
  private static final String CARRIED = "carried-";
  private static final int MAX_ASIDE = 2;
  private static final String PROBE = "probe";
  private static final int PROBE_BYTES = 4096;

  private final Path directory;

  StoreFiles(Path directory) {
    this.directory = directory;
  }

  Path ignite() {
    return directory.resolve("ignite");
  }

  /** Whether there is a store. */
  boolean isFounded() {
    return Files.isDirectory(ignite().resolve("db"));
  }

  /** Why the disk cannot be written; empty where it can. */
  Optional<String> probe() {
    Path file = directory.resolve(PROBE);
    try {
      Files.write(file, new byte[PROBE_BYTES]);
      Files.delete(file);
      return Optional.empty();
    } catch (FileSystemException e) {
      // Its message would tell clients where this node keeps its files.
      return Optional.of(Objects.requireNonNullElse(e.getReason(), e.getClass().getSimpleName()));
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Moves the store away; gives where to. */
  Path setAside(long nowMillis) throws IOException {
    Path aside = directory.resolve(ASIDE + nowMillis);
    Files.move(ignite(), aside);
    List<Path> all = startingWith(ASIDE);
    for (Path old : all.subList(0, Math.max(0, all.size() - MAX_ASIDE))) {
      delete(old);
    }
    return aside;
  }

  /** Where to write what is carried over. */
  Path newCarried(long nowMillis) {
    return directory.resolve(CARRIED + nowMillis);
  }

  /** What is to be added to the store, oldest first. */
  List<Path> carried() throws IOException {
    return startingWith(CARRIED);
  }

  private List<Path> startingWith(String prefix) throws IOException {
    List<Path> found = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(directory, prefix + "*[0-9]")) {
      entries.forEach(found::add);
    }
    Collections.sort(found);
    return found;
  }

  private static void delete(Path tree) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(tree)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
