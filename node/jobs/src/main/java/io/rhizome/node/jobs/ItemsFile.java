// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.rhizome.store.Digest;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Items as they come in, one after the other, each after its length in 4 bytes, big-endian. Opened
 * again, it goes on after the last whole item. One thread; blocks on disk.
 */
final class ItemsFile implements AutoCloseable {
  private static final int LENGTH_BYTES = 4;

  private final FileChannel channel;
  private final List<JournalEntry.Part> parts = new ArrayList<>();
  private MessageDigest slice = Digest.newSha256();
  private int items;
  private long end;

  private ItemsFile(FileChannel channel) {
    this.channel = channel;
  }

  /** Opens it, made if need be. */
  static ItemsFile open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
    ItemsFile opened = new ItemsFile(channel);
    opened.scan();
    return opened;
  }

  private void scan() throws IOException {
    long size = channel.size();
    // Not closed: that would close the channel.
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16));
    try {
      while (true) {
        int length = in.readInt();
        if (length < 0 || length > size - end - LENGTH_BYTES) {
          break;
        }
        count(in.readNBytes(length));
      }
    } catch (EOFException e) {
      // It ends here.
    }
    truncate(end);
  }

  private void truncate(long to) throws IOException {
    channel.truncate(to);
    channel.position(to);
  }

  /** How many items it has. */
  int items() {
    return items;
  }

  /** How many bytes it has. */
  long bytes() {
    return end;
  }

  /** Forgets all items. */
  void clear() throws IOException {
    truncate(0);
    parts.clear();
    slice = Digest.newSha256();
    items = 0;
    end = 0;
  }

  /** Appends an item; where that fails the file is as before. */
  void add(byte[] item) throws IOException {
    ByteBuffer framed = ByteBuffer.allocate(LENGTH_BYTES + item.length);
    framed.putInt(item.length).put(item).flip();
    try {
      while (framed.hasRemaining()) {
        channel.write(framed);
      }
    } catch (IOException e) {
      truncate(end);
      throw e;
    }
    count(item);
  }

  private void count(byte[] item) {
    slice.update(ByteBuffer.allocate(LENGTH_BYTES).putInt(item.length).flip());
    slice.update(item);
    items++;
    end += LENGTH_BYTES + item.length;
    if (items % Job.SLICE_ITEMS == 0) {
      endSlice();
    }
  }

  private void endSlice() {
    parts.add(new JournalEntry.Part(end, Digest.of(slice.digest())));
    slice = Digest.newSha256();
  }

  /** Where its slices lie. Nothing may be added any more. */
  List<JournalEntry.Part> slices() {
    if (items % Job.SLICE_ITEMS != 0) {
      endSlice();
    }
    return List.copyOf(parts);
  }

  /** Writes what follows the items and forces all to disk. */
  void end(ByteBuffer trailer) throws IOException {
    while (trailer.hasRemaining()) {
      channel.write(trailer);
    }
    channel.force(true);
  }

  /** The items of a slice's bytes; {@link IllegalArgumentException} where they are none. */
  static List<byte[]> split(ByteBuffer slice) {
    List<byte[]> items = new ArrayList<>();
    while (slice.hasRemaining()) {
      int length = slice.remaining() < LENGTH_BYTES ? -1 : slice.getInt();
      if (length < 0 || length > slice.remaining()) {
        throw new IllegalArgumentException("items that end within one");
      }
      byte[] item = new byte[length];
      slice.get(item);
      items.add(item);
    }
    return items;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
