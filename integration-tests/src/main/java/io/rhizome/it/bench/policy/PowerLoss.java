// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.rhizome.it.Checkout;
import io.rhizome.it.NativeLibrary;
import io.rhizome.it.NodeProcess;
import io.rhizome.it.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Cuts the power of nodes, as far as a directory can tell: what a node has not forced to disk is
 * gone when this is over. A library that the node's process is started with keeps what was forced,
 * see {@code forced.c}; the code that is tested knows nothing of it.
 */
final class PowerLoss {
  private static final String ADOPT = "adopt";

  private final Path library;

  private PowerLoss(Path library) {
    this.library = library;
  }

  /** Builds the library in a directory. */
  static PowerLoss prepare(Checkout checkout, Path directory)
      throws IOException, InterruptedException {
    return new PowerLoss(NativeLibrary.build(checkout, "forced", directory));
  }

  /** From its next start on, what the node forces of its policy is kept. */
  void attach(NodeProcess node) throws IOException {
    Files.createDirectories(kept(node));
    Files.createFile(kept(node).resolve(ADOPT));
    node.setEnvironment("LD_PRELOAD", library.toString());
    node.setEnvironment("FORCED_UNDER", policy(node).toRealPath().toString());
    node.setEnvironment("FORCED_TO", kept(node).toString());
  }

  /** Puts the policy directory of a node that does not run where a power cut leaves it. */
  static void cut(NodeProcess node) throws IOException {
    cut(policy(node), kept(node));
  }

  /**
   * Puts a directory where a power cut leaves it.
   *
   * @param kept what the library keeps of it; all of the directory counts as forced from now on
   */
  static void cut(Path directory, Path kept) throws IOException {
    Trees.delete(directory);
    restore(directory, kept, "d");
    Trees.delete(kept);
    Files.createDirectories(kept);
    Files.createFile(kept.resolve(ADOPT));
  }

  private static void restore(Path directory, Path kept, String name) throws IOException {
    Files.createDirectories(directory);
    Path listing = kept.resolve(name);
    if (!Files.exists(listing)) {
      return;
    }
    for (String line : Files.readAllLines(listing)) {
      String[] entry = line.split(" ", 2);
      Path target = directory.resolve(entry[1]);
      Path content = kept.resolve(entry[0]);
      if (entry[0].equals("d")) {
        restore(target, kept, name + "%" + entry[1]);
      } else if (Files.exists(content)) {
        Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.createFile(target);
      }
    }
  }

  private static Path policy(NodeProcess node) throws IOException {
    return Files.createDirectories(node.directory().resolve("policy"));
  }

  private static Path kept(NodeProcess node) {
    return node.directory().resolveSibling(node.name() + ".forced");
  }
}
