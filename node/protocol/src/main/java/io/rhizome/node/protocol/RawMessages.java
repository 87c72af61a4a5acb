// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.protocol;

import io.grpc.Detachable;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.rhizome.mesh.v1.ForwardServiceGrpc;
import io.rhizome.node.protocol.inference.GRPCInferenceServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * The inference methods with messages that stay encoded: a request is its bytes (kept, because it
 * may have to be sent again), a response is the transport's own buffers, passed on without a copy.
 */
public final class RawMessages {
  /** {@code inference.GRPCInferenceService/ModelInfer}, as clients call it. */
  public static final MethodDescriptor<byte[], InputStream> MODEL_INFER =
      raw(GRPCInferenceServiceGrpc.getModelInferMethod());

  /** {@code rhizome.mesh.v1.ForwardService/Infer}, as nodes call it. */
  public static final MethodDescriptor<byte[], InputStream> FORWARD_INFER =
      raw(ForwardServiceGrpc.getInferMethod());

  private RawMessages() {}

  private static MethodDescriptor<byte[], InputStream> raw(MethodDescriptor<?, ?> typed) {
    return typed.toBuilder(new BytesMarshaller(), new StreamMarshaller()).build();
  }

  /** Encoded bytes as a message stream that gRPC can copy in one call. */
  public static InputStream stream(byte[] message) {
    return new BytesStream(message);
  }

  private static final class BytesMarshaller implements Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new BytesStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try (stream) {
        if (stream instanceof KnownLength) {
          int length = stream.available();
          byte[] message = new byte[length];
          int read = stream.readNBytes(message, 0, length);
          if (read != length) {
            throw new IOException("expected " + length + " bytes, got " + read);
          }
          return message;
        }
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class StreamMarshaller implements Marshaller<InputStream> {
    @Override
    public InputStream stream(InputStream value) {
      return value;
    }

    @Override
    public InputStream parse(InputStream stream) {
      return stream instanceof Detachable detachable ? detachable.detach() : stream;
    }
  }

  private static final class BytesStream extends ByteArrayInputStream
      implements KnownLength, Drainable {
    BytesStream(byte[] message) {
      super(message);
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      int length = available();
      target.write(buf, pos, length);
      pos += length;
      return length;
    }
  }
}
