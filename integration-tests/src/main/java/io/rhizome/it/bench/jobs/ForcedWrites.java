// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.bench.Samples;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How long the disk itself takes to keep a page for good. For one thread. */
final class ForcedWrites implements AutoCloseable {
  private static final int PAGE_BYTES = 4096;

  private final Path file;
  private final FileChannel channel;
  private final Samples samples = new Samples();

  private ForcedWrites(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Writes to a file of that directory, which is deleted in the end. */
  static ForcedWrites in(Path directory) throws IOException {
    Path file = directory.resolve("forced-writes");
    return new ForcedWrites(
        file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  /** Appends one page and forces it to disk. */
  void write() throws IOException {
    ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
    long from = System.nanoTime();
    while (page.hasRemaining()) {
      channel.write(page);
    }
    channel.force(true);
    samples.add(System.nanoTime() - from);
  }

  /** What each took. */
  Samples samples() {
    return samples;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.delete(file);
  }
}
