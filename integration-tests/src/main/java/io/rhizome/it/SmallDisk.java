// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A directory with a file system of its own, in memory, which can be full or read-only. Mounting
 * needs root. The end of this JVM leaves none mounted.
 */
public final class SmallDisk {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What a file system in memory counts in. */
  private static final int PAGE_BYTES = 4096;

  private final Path directory;
  private final Thread atExit = new Thread(this::leave, "small-disk-at-exit");

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /**
   * Mounts one with those options of tmpfs; {@link IllegalStateException} says why none can be
   * mounted here.
   */
  public static SmallDisk mount(Path directory, String options)
      throws IOException, InterruptedException {
    SmallDisk disk = new SmallDisk(Files.createDirectories(directory));
    Command mounted = disk.tryToMount(options);
    if (mounted.exit() != 0) {
      throw new IllegalStateException("no tmpfs can be mounted here: " + mounted.err().strip());
    }
    Runtime.getRuntime().addShutdownHook(disk.atExit);
    return disk;
  }

  /** Where it is. */
  public Path directory() {
    return directory;
  }

  /**
   * Changes its options. It can be made read-only only while nobody has a file of it open to write.
   */
  public void remount(String options) throws IOException, InterruptedException {
    tryToMount("remount," + options).orThrow();
  }

  /** Writes a file until nothing more fits on the disk: {@link #free} deletes it. */
  public Path fill() throws IOException {
    Path filler = filler();
    byte[] page = new byte[PAGE_BYTES];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space left on device")) {
        throw e;
      }
    }
    return filler;
  }

  /** Makes room again on a disk that was filled. */
  public void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return directory.resolve("filler");
  }

  /** Nobody may use it any more. */
  public void unmount() throws IOException, InterruptedException {
    Runtime.getRuntime().removeShutdownHook(atExit);
    run(List.of("umount", directory.toString())).orThrow();
  }

  private void leave() {
    try {
      var unused = run(List.of("umount", "--lazy", directory.toString()));
    } catch (IOException e) {
      System.err.println(directory + " stays mounted: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Command tryToMount(String options) throws IOException, InterruptedException {
    return run(List.of("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory.toString()));
  }

  private static Command run(List<String> words) throws IOException, InterruptedException {
    return Command.run(Path.of("."), LIMIT, words);
  }
}
