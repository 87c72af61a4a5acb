// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.protocol;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The server's half of a unary method of {@link RawMessages}: one encoded message in, one stream
 * out.
 */
public final class RawUnary implements ServerCallHandler<byte[], InputStream> {
  private final Body body;

  /** A handler that gives each request to {@code body}. */
  public RawUnary(Body body) {
    this.body = body;
  }

  /** What is done with a request. */
  @FunctionalInterface
  public interface Body {
    /**
     * Takes one whole request, on the connection's event loop; must not block. It ends the call
     * itself: headers, one message and a close with status OK, or a close with another status.
     *
     * @return what to do when the caller goes away before that
     */
    Runnable serve(byte[] message, Metadata headers, ServerCall<byte[], InputStream> call);
  }

  @Override
  public ServerCall.Listener<byte[]> startCall(
      ServerCall<byte[], InputStream> call, Metadata headers) {
    // Two, so that a client that sends a second message is noticed.
    call.request(2);
    return new Listener(call, headers);
  }

  private final class Listener extends ServerCall.Listener<byte[]> {
    private final ServerCall<byte[], InputStream> call;
    private final Metadata headers;
    private byte @Nullable [] message;
    private @Nullable Runnable onCancel;
    private boolean refused;

    Listener(ServerCall<byte[], InputStream> call, Metadata headers) {
      this.call = call;
      this.headers = headers;
    }

    @Override
    public void onMessage(byte[] received) {
      if (message == null) {
        message = received;
      } else {
        refuse("more than one message");
      }
    }

    @Override
    public void onHalfClose() {
      byte[] whole = message;
      message = null;
      if (refused) {
        return;
      }
      if (whole == null) {
        refuse("no message");
      } else {
        onCancel = body.serve(whole, headers, call);
      }
    }

    @Override
    public void onCancel() {
      if (onCancel != null) {
        onCancel.run();
      }
    }

    private void refuse(String why) {
      if (!refused) {
        refused = true;
        call.close(
            Status.INVALID_ARGUMENT.withDescription("this call takes one message: " + why),
            new Metadata());
      }
    }
  }
}
