// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Admitted;

/** Lets calls through whose caller is an admitted node at the time of the call. */
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
      return next.startCall(call, headers);
    }
    call.close(refusal(caller), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  static Status refusal(NodeId caller) {
    return Status.PERMISSION_DENIED.withDescription(
        "node %s is not admitted to this mesh; it may join with a token"
            .formatted(caller.shortName()));
  }
}
