// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.rhizome.mesh.v1.AcquaintRequest;
import io.rhizome.mesh.v1.AcquaintResponse;
import io.rhizome.mesh.v1.AcquaintanceServiceGrpc;
import io.rhizome.node.policy.Epochs;
import io.rhizome.node.policy.PolicyStatus;
import java.util.function.Supplier;

/** Learns of epochs from any node, and tells what this one knows. Any thread. */
public final class AcquaintanceService extends AcquaintanceServiceGrpc.AcquaintanceServiceImplBase {
  private final Epochs epochs;
  private final Supplier<PolicyStatus> status;

  /** A service over these. */
  public AcquaintanceService(Epochs epochs, Supplier<PolicyStatus> status) {
    this.epochs = epochs;
    this.status = status;
  }

  @Override
  public void acquaint(AcquaintRequest request, StreamObserver<AcquaintResponse> observer) {
    epochs.hear(request.getEpoch().toByteArray());
    PolicyStatus now = status.get();
    AcquaintResponse.Builder answer =
        AcquaintResponse.newBuilder()
            .setEpoch(ByteString.copyFrom(epochs.encoded()))
            .setVersion(now.version());
    now.voters().forEach(voter -> answer.addVoters(ByteString.copyFrom(voter.bytes())));
    observer.onNext(answer.build());
    observer.onCompleted();
  }
}
