// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What every file held when it was last forced, to go back to when the power fails. Files are not
 * really forced, which would only take time. What a directory holds is taken to be forced at once.
 */
final class VirtualDisks {
  private static @Nullable VirtualDisks current;

  private final Map<Object, Path> open = new WeakHashMap<>();
  private final Map<Path, byte[]> forced = new TreeMap<>();

  VirtualDisks() {
    current = this;
  }

  static VirtualDisks current() {
    VirtualDisks disks = current;
    if (disks == null) {
      throw new IllegalStateException("there are no disks yet");
    }
    return disks;
  }

  FileChannel open(Path file, OpenOption... options) throws IOException {
    opening(file);
    FileChannel channel = FileChannel.open(file, options);
    open.put(channel, file);
    return channel;
  }

  /** A file that is made anew is not the one of that name before it. */
  void opening(Path file) {
    if (!Files.exists(file)) {
      forced.remove(file);
    }
  }

  void opened(FileDescriptor descriptor, Path file) {
    open.put(descriptor, file);
  }

  /** A channel or a descriptor. */
  void force(Object channel) throws IOException {
    Path file = open.get(channel);
    if (file == null) {
      throw new IOException("forced, but never seen opened: " + channel);
    }
    if (Files.isRegularFile(file)) {
      forced.put(file, Files.readAllBytes(file));
    }
  }

  Path move(Path from, Path to, CopyOption... options) throws IOException {
    Files.move(from, to, options);
    byte[] bytes = forced.remove(from);
    if (bytes != null) {
      forced.put(to, bytes);
    }
    return to;
  }

  /** What was not forced is lost, or some of it; whoever wrote it must be dead. */
  void failPower(Path directory, Random random) throws IOException {
    for (Path file : files(directory)) {
      byte[] before = forced.get(file);
      byte[] now = Files.readAllBytes(file);
      if (before == null) {
        if (random.nextBoolean()) {
          Files.write(file, new byte[random.nextBoolean() ? 0 : now.length]);
        }
      } else if (random.nextInt(4) > 0) {
        Files.write(file, random.nextBoolean() ? before : torn(before, now, random));
      }
    }
  }

  /** All that was not forced is lost. */
  void forgetUnforced(Path directory) throws IOException {
    for (Path file : files(directory)) {
      Files.write(file, forced.getOrDefault(file, new byte[0]));
    }
  }

  /** The first of the bytes that differ arrived, the others did not. */
  private static byte[] torn(byte[] before, byte[] now, Random random) {
    int first = Arrays.mismatch(before, now);
    if (first < 0 || first >= now.length) {
      return before;
    }
    byte[] torn = Arrays.copyOf(before, Math.max(before.length, now.length));
    int changed = Math.min(4096, now.length - first);
    System.arraycopy(now, first, torn, first, random.nextInt(changed + 1));
    return torn;
  }

  /** The disk is replaced by an empty one. */
  void lose(Path directory) throws IOException {
    for (Path file : files(directory)) {
      Files.delete(file);
      forced.remove(file);
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
