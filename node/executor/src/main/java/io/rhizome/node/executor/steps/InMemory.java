// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import java.nio.ByteBuffer;
import javax.imageio.stream.ImageInputStreamImpl;

/** A buffer's bytes for ImageIO, whose own streams make a copy, or a file. */
final class InMemory extends ImageInputStreamImpl {
  private final ByteBuffer bytes;

  InMemory(ByteBuffer bytes) {
    this.bytes = bytes.slice();
  }

  @Override
  public int read() {
    bitOffset = 0;
    return streamPos < bytes.limit() ? bytes.get((int) streamPos++) & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    bitOffset = 0;
    int count = (int) Math.min(length, bytes.limit() - streamPos);
    if (count <= 0) {
      return length == 0 ? 0 : -1;
    }
    bytes.get((int) streamPos, into, offset, count);
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return bytes.limit();
  }
}
