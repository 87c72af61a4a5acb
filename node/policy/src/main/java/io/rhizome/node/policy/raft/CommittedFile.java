// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The last index that this voter applied, so that it shows its policy when it starts and nobody
 * else can be reached. Never forced: after a power cut it says less, or nothing. One thread at a
 * time.
 */
final class CommittedFile implements Closeable {
  private static final int BYTES = 2 * Long.BYTES;

  private final FileChannel channel;

  CommittedFile(Path file) throws IOException {
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** 0 where it is not known. */
  long load() throws IOException {
    ByteBuffer in = ByteBuffer.allocate(BYTES);
    while (in.hasRemaining() && channel.read(in, in.position()) > 0) {}
    if (in.hasRemaining()) {
      return 0;
    }
    long index = in.flip().getLong();
    return in.getLong() == ~index && index > 0 ? index : 0;
  }

  void save(long index) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(BYTES).putLong(index).putLong(~index).flip();
    while (out.hasRemaining()) {
      channel.write(out, out.position());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
