// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.admission.AdmissionKind;
import io.rhizome.node.mesh.PolicyErrors;
import io.rhizome.node.mesh.Proposing;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.EpochStatement;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import io.rhizome.node.resources.ResourceRules;
import io.rhizome.v1.GetPolicyRequest;
import io.rhizome.v1.GetPolicyResponse;
import io.rhizome.v1.PolicyServiceGrpc;
import io.rhizome.v1.PolicyStatusRequest;
import io.rhizome.v1.PolicyStatusResponse;
import io.rhizome.v1.ProposeRequest;
import io.rhizome.v1.ProposeResponse;
import io.rhizome.v1.RecoverRequest;
import io.rhizome.v1.RecoverResponse;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The mesh's policy for operators and their tools, on the public port. {@code GetPolicy} and {@code
 * Recover} must stand behind an {@link AccessGuard}. Does not block.
 */
public final class PolicyService extends PolicyServiceGrpc.PolicyServiceImplBase {
  /** The kind whose bodies are secret. */
  private static final String SECRET_KIND = AdmissionKind.MESH_KEY.text();

  private static final String HIDDEN = "{}";

  private static final int PART_BYTES = 256 << 10;

  private final String mesh;
  private final PolicyStore store;
  private final Recoveries recoveries;
  private final ResourceRules rules = new ResourceRules();

  /**
   * A service over this node's policy.
   *
   * @param mesh the mesh's id, which proposals must name
   */
  public PolicyService(String mesh, PolicyStore store, Recoveries recoveries) {
    this.mesh = mesh;
    this.store = store;
    this.recoveries = recoveries;
  }

  @Override
  public void propose(ProposeRequest request, StreamObserver<ProposeResponse> observer) {
    Proposing.answer(store, this::check, request, observer);
  }

  private void check(Proposal proposal) throws PolicyException {
    for (Change change : proposal.changes()) {
      if (AdmissionKind.of(change.key().kind()).isEmpty()) {
        rules.check(change);
      }
    }
  }

  @Override
  public void getPolicy(GetPolicyRequest request, StreamObserver<GetPolicyResponse> observer) {
    byte[] image = PolicyCodec.encode(withoutSecrets(store.image()));
    var parts = (ServerCallStreamObserver<GetPolicyResponse>) observer;
    parts.setOnReadyHandler(new Parts(image, parts));
  }

  /** Sends as much as the connection takes, each time it takes more. */
  private static final class Parts implements Runnable {
    private final byte[] image;
    private final ServerCallStreamObserver<GetPolicyResponse> out;
    private int sent;

    Parts(byte[] image, ServerCallStreamObserver<GetPolicyResponse> out) {
      this.image = image;
      this.out = out;
    }

    @Override
    public void run() {
      if (sent == image.length) {
        return;
      }
      while (out.isReady() && sent < image.length) {
        int size = Math.min(PART_BYTES, image.length - sent);
        out.onNext(
            GetPolicyResponse.newBuilder()
                .setPart(UnsafeByteOperations.unsafeWrap(image, sent, size))
                .build());
        sent += size;
      }
      if (sent == image.length) {
        out.onCompleted();
      }
    }
  }

  private static PolicyImage withoutSecrets(PolicyImage image) {
    SortedMap<ResourceKey, Resource> resources = new TreeMap<>(image.snapshot().resources());
    resources.replaceAll(
        (key, resource) ->
            secret(key)
                ? new Resource(
                    key, resource.version(), HIDDEN, resource.author(), resource.stampMillis())
                : resource);
    return new PolicyImage(
        new PolicySnapshot(image.snapshot().version(), resources),
        image.records().stream().map(PolicyService::withoutSecrets).toList());
  }

  private static PolicyRecord withoutSecrets(PolicyRecord record) {
    return new PolicyRecord(
        record.version(),
        record.id(),
        record.author(),
        record.stampMillis(),
        record.changes().stream().filter((Change change) -> !secret(change.key())).toList());
  }

  private static boolean secret(ResourceKey key) {
    return key.kind().equals(SECRET_KIND);
  }

  @Override
  public void policyStatus(
      PolicyStatusRequest request, StreamObserver<PolicyStatusResponse> observer) {
    PolicyStatus status = store.status();
    PolicyStatusResponse.Builder answer =
        PolicyStatusResponse.newBuilder()
            .setRole(status.role().name())
            .setLeader(status.leader().map(NodeId::toString).orElse(""))
            .setTerm(status.term())
            .setVersion(status.version())
            .setMesh(mesh);
    status.voters().forEach(voter -> answer.addVoters(voter.toString()));
    recoveries
        .current()
        .get()
        .ifPresent(epoch -> answer.setEpoch(epoch.number()).setEpochNode(epoch.node().toString()));
    if (status.ageNanos() != Long.MAX_VALUE) {
      answer.setAgeMillis(TimeUnit.NANOSECONDS.toMillis(status.ageNanos()));
    }
    observer.onNext(answer.build());
    observer.onCompleted();
  }

  @Override
  public void recover(RecoverRequest request, StreamObserver<RecoverResponse> observer) {
    EpochStatement order;
    try {
      order = PolicyCodec.epoch(request.getEpoch().toByteArray());
    } catch (IllegalArgumentException e) {
      observer.onError(
          Status.INVALID_ARGUMENT.withDescription("epoch: " + e.getMessage()).asRuntimeException());
      return;
    }
    var unused =
        recoveries
            .recover()
            .apply(order)
            .whenComplete(
                (version, failure) -> {
                  if (failure != null) {
                    observer.onError(PolicyErrors.toStatus(failure));
                  } else {
                    observer.onNext(RecoverResponse.newBuilder().setVersion(version).build());
                    observer.onCompleted();
                  }
                });
  }
}
