// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * Takes in one file's bytes in their order, and digests and indexes them as they come. Nothing is
 * visible in the store before {@link #commit}, and nothing remains after {@link #abort}. One thread
 * at a time; blocks on disk.
 */
public final class BlobWriter {
  private final Manifest.File file;
  private final Path partial;
  private final BlobPaths target;
  private final FileChannel channel;
  private final MessageDigest sha256 = Digest.newSha256();
  private final Indexer indexer = new Indexer();
  private long written;

  BlobWriter(Manifest.File file, Path partial, BlobPaths target) throws IOException {
    this.file = file;
    this.partial = partial;
    this.target = target;
    try {
      this.channel = FileChannel.open(partial, CREATE, WRITE, TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw DurableFiles.cannot("create", partial, e);
    }
  }

  /** What is being written. */
  public Manifest.File file() {
    return file;
  }

  /** How many bytes have been taken in. */
  public long written() {
    return written;
  }

  /**
   * Appends what remains in the buffer. {@link DamagedFileException} as soon as there are more
   * bytes than the manifest says; any other {@link IOException} is the disk's, and names the file.
   */
  public void write(ByteBuffer bytes) throws IOException {
    if (bytes.remaining() > file.bytes() - written) {
      throw new DamagedFileException(
          "file '"
              + file.name()
              + "' is longer than the "
              + file.bytes()
              + " bytes of its manifest");
    }
    sha256.update(bytes.duplicate());
    indexer.take(bytes);
    try {
      while (bytes.hasRemaining()) {
        written += channel.write(bytes);
      }
    } catch (IOException e) {
      throw DurableFiles.cannot("write", partial, e);
    }
  }

  /**
   * Checks size and digest, forces the bytes to disk and makes the file visible. On any failure the
   * file is discarded; {@link DamagedFileException} when the bytes are not those of the manifest.
   */
  public void commit() throws IOException {
    boolean published = false;
    try {
      if (written != file.bytes()) {
        throw new DamagedFileException(
            "file '%s' ended after %d of %d bytes".formatted(file.name(), written, file.bytes()));
      }
      Digest actual = Digest.of(sha256.digest());
      if (!actual.equals(file.digest())) {
        throw new DamagedFileException(
            "file '%s' has digest %s, its manifest says %s"
                .formatted(file.name(), actual, file.digest()));
      }
      force();
      IndexFiles.write(target.index(), indexer.end());
      DurableFiles.publish(partial, target.blob());
      published = true;
    } finally {
      if (!published) {
        abort();
      }
    }
  }

  /** Discards what was written; harmless after {@link #commit} and when repeated. */
  public void abort() throws IOException {
    channel.close();
    Files.deleteIfExists(partial);
  }

  private void force() throws IOException {
    try (channel) {
      channel.force(true);
    } catch (IOException e) {
      throw DurableFiles.cannot("force", partial, e);
    }
  }
}
