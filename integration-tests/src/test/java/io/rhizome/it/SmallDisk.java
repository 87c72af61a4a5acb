// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A directory with a file system of its own, in memory, which can be full or read-only. */
final class SmallDisk {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /**
   * Mounts one with those options of tmpfs; where none can be, the mesh is closed and the test
   * skipped, and says so.
   */
  static SmallDisk mount(Path directory, String options, LocalMesh mesh)
      throws IOException, InterruptedException {
    SmallDisk disk = new SmallDisk(Files.createDirectories(directory));
    Command mounted = disk.tryToMount(options);
    if (mounted.exit() != 0) {
      mesh.close();
      String reason = "SKIPPED: no tmpfs can be mounted here: " + mounted.err().strip();
      System.out.println(reason);
      Assumptions.abort(reason);
    }
    return disk;
  }

  Path directory() {
    return directory;
  }

  /** Changes its options. */
  void remount(String options) throws IOException, InterruptedException {
    tryToMount("remount," + options).orThrow();
  }

  void unmount() throws IOException, InterruptedException {
    run(List.of("umount", directory.toString())).orThrow();
  }

  private Command tryToMount(String options) throws IOException, InterruptedException {
    return run(List.of("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory.toString()));
  }

  private Command run(List<String> words) throws IOException, InterruptedException {
    return Command.run(Path.of("."), LIMIT, words);
  }
}
