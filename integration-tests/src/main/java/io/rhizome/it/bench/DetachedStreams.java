// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.grpc.Detachable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Messages that stay the transport's own buffers: taken over from the incoming call, handed to the
 * outgoing one, which closes them.
 */
final class DetachedStreams implements MethodDescriptor.Marshaller<InputStream> {
  @Override
  public InputStream stream(InputStream value) {
    return value;
  }

  @Override
  public InputStream parse(InputStream stream) {
    if (stream instanceof Detachable detachable && stream instanceof KnownLength) {
      return detachable.detach();
    }
    try {
      return new ByteArrayInputStream(stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
