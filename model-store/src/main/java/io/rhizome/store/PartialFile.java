// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.Optional;

/**
 * A file that comes in chunk by chunk, in any order, each at its own place. It outlives this object
 * and the process: opened again, what arrived before is read, compared with the index and kept.
 * Nothing is visible in the store before {@link #commit}.
 *
 * <p>{@link #write} is for any thread, also at once; the rest for one at a time. Blocks on disk.
 */
public final class PartialFile implements AutoCloseable {
  private static final int READ_BYTES = 1 << 18;

  private final Manifest.File file;
  private final Path data;
  private final Path indexFile;
  private final BlobPaths target;
  private final FileChannel channel;
  private MessageDigest whole = Digest.newSha256();
  private long digested;

  PartialFile(Manifest.File file, Path data, Path indexFile, BlobPaths target) throws IOException {
    this.file = file;
    this.data = data;
    this.indexFile = indexFile;
    this.target = target;
    try {
      this.channel = FileChannel.open(data, CREATE, READ, WRITE);
    } catch (IOException e) {
      throw DurableFiles.cannot("create", data, e);
    }
  }

  /** The index that was followed before, if any. */
  public Optional<ChunkIndex> index() throws IOException {
    return IndexFiles.read(indexFile, file.bytes());
  }

  /**
   * Follows that index, of a file of this size, from now on.
   *
   * @return the chunks of it that are here already, by their place
   */
  public BitSet follow(ChunkIndex index) throws IOException {
    if (index.bytes() != file.bytes()) {
      throw new IllegalArgumentException(
          "an index of %d bytes for a file of %d".formatted(index.bytes(), file.bytes()));
    }
    IndexFiles.write(indexFile, index);
    restart();
    BitSet here = new BitSet(index.chunks().size());
    ByteBuffer buffer = ByteBuffer.allocate(Chunker.MAX_BYTES);
    long size = channel.size();
    for (int i = 0; i < index.chunks().size(); i++) {
      Chunk chunk = index.chunks().get(i);
      if (chunk.offset() + chunk.length() <= size) {
        buffer.clear().limit(chunk.length());
        readFully(buffer, chunk.offset());
        here.set(i, Digest.sha256(buffer.flip()).equals(chunk.digest()));
      }
    }
    return here;
  }

  /**
   * Writes what remains in the buffer to the chunk's place, if it is that chunk.
   *
   * @return false, and nothing is written, where length or digest is another
   */
  public boolean write(Chunk chunk, ByteBuffer bytes) throws IOException {
    if (bytes.remaining() != chunk.length() || !Digest.sha256(bytes).equals(chunk.digest())) {
      return false;
    }
    long at = chunk.offset();
    try {
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw DurableFiles.cannot("write", data, e);
    }
    return true;
  }

  /**
   * Does some of {@link #commit}'s work early, while more chunks come: digests the file up to an
   * offset that all chunks before it have been written to, and forces what was written to disk.
   */
  public void settle(long end) throws IOException {
    digest(end);
    force();
  }

  /**
   * Compares the whole file's digest with the manifest's, forces the bytes to disk and makes the
   * file visible. {@link DamagedFileException} where the digest is another: then the index lied and
   * is dropped; the bytes stay, for the next index tells which of them are right.
   */
  public void commit(ChunkIndex followed) throws IOException {
    channel.truncate(file.bytes());
    digest(file.bytes());
    Digest actual = Digest.of(whole.digest());
    restart();
    if (!actual.equals(file.digest())) {
      Files.deleteIfExists(indexFile);
      throw new DamagedFileException(
          "file '%s' put together has digest %s, its manifest says %s"
              .formatted(file.name(), actual, file.digest()));
    }
    force();
    channel.close();
    IndexFiles.write(target.index(), followed);
    DurableFiles.publish(data, target.blob());
    Files.deleteIfExists(indexFile);
  }

  /** Deletes what arrived; harmless after {@link #commit}. */
  public void discard() throws IOException {
    close();
    Files.deleteIfExists(indexFile);
    Files.deleteIfExists(data);
  }

  /** Leaves what arrived for another time; a {@link #write} that runs fails. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void restart() {
    whole = Digest.newSha256();
    digested = 0;
  }

  private void digest(long end) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
    while (digested < end) {
      buffer.clear().limit((int) Math.min(READ_BYTES, end - digested));
      readFully(buffer, digested);
      digested += buffer.flip().remaining();
      whole.update(buffer);
    }
  }

  private void force() throws IOException {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw DurableFiles.cannot("force", data, e);
    }
  }

  private void readFully(ByteBuffer buffer, long from) throws IOException {
    long at = from;
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, at);
      if (read < 0) {
        throw new IOException(data + " became shorter while it was read");
      }
      at += read;
    }
  }
}
