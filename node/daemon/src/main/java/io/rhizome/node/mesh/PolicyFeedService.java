// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.FollowPolicyRequest;
import io.rhizome.mesh.v1.FollowPolicyResponse;
import io.rhizome.mesh.v1.PolicyFeedServiceGrpc;
import io.rhizome.node.policy.Epochs;
import io.rhizome.node.policy.PolicyStatus.Role;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.v1.ProposeRequest;
import io.rhizome.v1.ProposeResponse;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Gives policy to nodes without a vote, and takes their proposals, while this node has a vote. */
public final class PolicyFeedService extends PolicyFeedServiceGrpc.PolicyFeedServiceImplBase {
  private static final int MAX_FOLLOWERS = 4_096;
  private static final long LOOK_MILLIS = 500;

  private final NodeId self;
  private final PolicyStore store;
  private final VotingEpoch epoch;
  private final FollowerStreams streams = new FollowerStreams(MAX_FOLLOWERS);

  /**
   * A service over this node's policy.
   *
   * @param epoch in which it votes
   * @param thread where it looks, twice a second, whether voters have changed; the caller's to stop
   */
  public PolicyFeedService(
      NodeId self, PolicyStore store, VotingEpoch epoch, ScheduledExecutorService thread) {
    this.self = self;
    this.store = store;
    this.epoch = epoch;
    var unused =
        thread.scheduleWithFixedDelay(
            streams::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void follow(FollowPolicyRequest request, StreamObserver<FollowPolicyResponse> observer) {
    Epochs.Standing standing = epoch.epochs().hear(request.getEpoch().toByteArray());
    if (store.status().role() == Role.FOLLOWER || epoch.over()) {
      observer.onError(noVote());
      return;
    }
    if (standing == Epochs.Standing.UNPROVEN) {
      observer.onError(
          Status.PERMISSION_DENIED
              .withDescription("no operator of this mesh signed your epoch")
              .asRuntimeException());
      return;
    }
    FollowerStream stream =
        new FollowerStream(
            store,
            epoch,
            request.getAfter(),
            (ServerCallStreamObserver<FollowPolicyResponse>) observer);
    if (!streams.add(stream)) {
      observer.onError(
          Status.UNAVAILABLE.withDescription("too many follow this node").asRuntimeException());
      return;
    }
    stream.start(() -> streams.remove(stream));
  }

  @Override
  public void propose(ProposeRequest request, StreamObserver<ProposeResponse> observer) {
    if (store.status().role() == Role.FOLLOWER || epoch.over()) {
      observer.onError(noVote());
      return;
    }
    Proposing.answer(store, proposal -> {}, request, observer);
  }

  private RuntimeException noVote() {
    return Status.UNAVAILABLE
        .withDescription("node " + self.shortName() + " has no vote")
        .asRuntimeException();
  }
}
