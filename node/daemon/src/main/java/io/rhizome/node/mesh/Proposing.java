// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.Proposal;
import io.rhizome.v1.ProposeRequest;
import io.rhizome.v1.ProposeResponse;

/** How a proposal is answered, from clients and from peers alike. */
public final class Proposing {
  private Proposing() {}

  /** What must hold before a proposal goes to the store. */
  @FunctionalInterface
  public interface Check {
    /** Passes it, or says why not. */
    void check(Proposal proposal) throws PolicyException;
  }

  /** Proposes and answers. Does not block. */
  public static void answer(
      PolicyStore store,
      Check check,
      ProposeRequest request,
      StreamObserver<ProposeResponse> observer) {
    Proposal proposal;
    try {
      proposal = PolicyCodec.proposal(request.getProposal().toByteArray());
      check.check(proposal);
    } catch (PolicyException e) {
      observer.onError(PolicyErrors.toStatus(e));
      return;
    } catch (IllegalArgumentException e) {
      observer.onError(
          Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
      return;
    }
    var unused =
        store
            .propose(proposal)
            .whenComplete(
                (version, failure) -> {
                  if (failure != null) {
                    observer.onError(PolicyErrors.toStatus(failure));
                  } else {
                    observer.onNext(ProposeResponse.newBuilder().setVersion(version).build());
                    observer.onCompleted();
                  }
                });
  }
}
