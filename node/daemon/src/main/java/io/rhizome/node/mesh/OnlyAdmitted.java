// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Admitted;

/**
 * Lets calls through whose caller is an admitted node, and ends those whose caller is not any more
 * when there is something to tell it.
 */
final class OnlyAdmitted implements ServerInterceptor {
  private final Admitted admitted;

  OnlyAdmitted(Admitted admitted) {
    this.admitted = admitted;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    NodeId caller = PeerIdentity.of(call);
    if (admitted.isNode(caller)) {
      return next.startCall(new StillAdmitted<>(call, caller), headers);
    }
    call.close(refusal(caller), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** Tells a revoked node nothing more. */
  private final class StillAdmitted<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final NodeId caller;
    private boolean over;

    StillAdmitted(ServerCall<Q, R> call, NodeId caller) {
      super(call);
      this.caller = caller;
    }

    @Override
    public void sendMessage(R message) {
      if (admitted.isNode(caller)) {
        super.sendMessage(message);
      } else if (!over) {
        over = true;
        super.close(refusal(caller), new Metadata());
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!over) {
        over = true;
        super.close(status, trailers);
      }
    }
  }

  static Status refusal(NodeId caller) {
    return Status.PERMISSION_DENIED.withDescription(
        "node %s is not admitted to this mesh; it may join with a token"
            .formatted(caller.shortName()));
  }
}
