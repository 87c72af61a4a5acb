// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.FollowPolicyResponse;
import io.rhizome.mesh.v1.Voters;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.PolicyWatcher;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One follower: sends what it lacks as fast as it takes it, and keeps nothing for it meanwhile. Any
 * thread.
 */
final class FollowerStream {
  private static final long CURRENT_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final PolicyStore store;
  private final VotingEpoch epoch;
  private final ServerCallStreamObserver<FollowPolicyResponse> follower;
  private long sent;
  private @Nullable Voters told;
  private boolean over;

  FollowerStream(
      PolicyStore store,
      VotingEpoch epoch,
      long after,
      ServerCallStreamObserver<FollowPolicyResponse> follower) {
    this.store = store;
    this.epoch = epoch;
    this.sent = after;
    this.follower = follower;
  }

  /** Begins; {@code ended} runs when the follower is gone. */
  void start(Runnable ended) {
    Runnable stop =
        store.watch(
            sent,
            new PolicyWatcher() {
              @Override
              public void onRecord(PolicyRecord record) {
                send();
              }

              @Override
              public void onSnapshot(PolicySnapshot now) {
                send();
              }
            });
    Runnable close =
        () -> {
          end();
          stop.run();
          ended.run();
        };
    follower.setOnCancelHandler(close);
    follower.setOnCloseHandler(close);
    follower.setOnReadyHandler(this::send);
    send();
  }

  /** Sends what the follower lacks and can take now. */
  synchronized void send() {
    if (over || follower.isCancelled()) {
      return;
    }
    byte[] statement = epoch.epochs().encoded();
    PolicyStatus status = store.status();
    // Last, so that what was read before is of the epoch that the statement names.
    if (status.role() == PolicyStatus.Role.FOLLOWER || epoch.over()) {
      over = true;
      follower.onError(
          Status.UNAVAILABLE.withDescription("it has no vote any more").asRuntimeException());
      return;
    }
    Voters voters = voters(status, statement);
    if (follower.isReady() && !voters.equals(told)) {
      told = voters;
      follower.onNext(FollowPolicyResponse.newBuilder().setVoters(voters).build());
    }
    while (follower.isReady() && sendNext(store.image())) {}
  }

  private synchronized void end() {
    over = true;
  }

  /** False where the follower has everything. */
  private boolean sendNext(PolicyImage image) {
    if (sent >= image.snapshot().version()) {
      return false;
    }
    FollowPolicyResponse.Builder next = FollowPolicyResponse.newBuilder();
    List<PolicyRecord> records = image.records();
    if (records.isEmpty() || records.get(0).version() > sent + 1) {
      next.setImage(bytes(PolicyCodec.encode(image)));
      sent = image.snapshot().version();
    } else {
      PolicyRecord record = records.get((int) (sent + 1 - records.get(0).version()));
      next.setRecord(bytes(PolicyCodec.encode(record)));
      sent++;
    }
    follower.onNext(next.build());
    return true;
  }

  private static ByteString bytes(byte[] encoded) {
    return UnsafeByteOperations.unsafeWrap(encoded);
  }

  private static Voters voters(PolicyStatus status, byte[] epoch) {
    Voters.Builder voters =
        Voters.newBuilder()
            .setCurrent(status.ageNanos() < CURRENT_NANOS)
            .setEpoch(ByteString.copyFrom(epoch))
            .setLeadsIn(status.role() == PolicyStatus.Role.LEADER ? status.term() : 0);
    for (NodeId voter : status.voters()) {
      voters.addVoters(ByteString.copyFrom(voter.bytes()));
    }
    return voters.build();
  }
}
