// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Residency;
import io.rhizome.node.identity.OperatorProofs;
import io.rhizome.node.models.LoadProgress;
import io.rhizome.node.models.ModelException;
import io.rhizome.node.models.Models;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.store.SignedManifest;
import io.rhizome.v1.AdminServiceGrpc;
import io.rhizome.v1.ChallengeRequest;
import io.rhizome.v1.ChallengeResponse;
import io.rhizome.v1.CollectGarbageRequest;
import io.rhizome.v1.CollectGarbageResponse;
import io.rhizome.v1.ExplainRequest;
import io.rhizome.v1.ExplainResponse;
import io.rhizome.v1.ListModelsRequest;
import io.rhizome.v1.ListModelsResponse;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.ListNodesResponse;
import io.rhizome.v1.LoadModelProgress;
import io.rhizome.v1.LoadModelRequest;
import io.rhizome.v1.ModelHeld;
import io.rhizome.v1.ModelInfo;
import io.rhizome.v1.NodeInfo;
import io.rhizome.v1.PushModelRequest;
import io.rhizome.v1.PushModelResponse;
import io.rhizome.v1.RemoveModelRequest;
import io.rhizome.v1.RemoveModelResponse;
import io.rhizome.v1.ShowModelRequest;
import io.rhizome.v1.ShowModelResponse;
import io.rhizome.v1.StatusRequest;
import io.rhizome.v1.StatusResponse;
import io.rhizome.v1.UnloadModelRequest;
import io.rhizome.v1.UnloadModelResponse;
import io.rhizome.v1.VerifyModelsRequest;
import io.rhizome.v1.VerifyModelsResponse;
import java.io.IOException;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code rhizome.v1.AdminService}. Who may call what is {@link AccessGuard}'s to check, before
 * this.
 */
public final class AdminService extends AdminServiceGrpc.AdminServiceImplBase {
  private final OperatorProofs proofs;
  private final Models models;
  private final Supplier<MembershipView> membership;
  private final Supplier<StatusResponse> status;
  private final Explaining explaining;

  /** An admin service over these. */
  public AdminService(
      OperatorProofs proofs,
      Models models,
      Supplier<MembershipView> membership,
      Supplier<StatusResponse> status,
      Explaining explaining) {
    this.proofs = proofs;
    this.models = models;
    this.membership = membership;
    this.status = status;
    this.explaining = explaining;
  }

  @Override
  public void challenge(ChallengeRequest request, StreamObserver<ChallengeResponse> observer) {
    observer.onNext(
        ChallengeResponse.newBuilder()
            .setNonce(ByteString.copyFrom(proofs.issueNonce()))
            .setNodeId(ByteString.copyFrom(proofs.self().bytes()))
            .build());
    observer.onCompleted();
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    observer.onNext(status.get());
    observer.onCompleted();
  }

  @Override
  public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> observer) {
    MembershipView view = membership.get();
    ListNodesResponse.Builder response = ListNodesResponse.newBuilder();
    view.members().values().forEach(member -> response.addNodes(describe(member, view.self())));
    observer.onNext(response.build());
    observer.onCompleted();
  }

  private static NodeInfo describe(Member member, NodeId self) {
    NodeInfo.Builder info =
        NodeInfo.newBuilder()
            .setNodeId(member.id().toString())
            .setStatus(member.status().name())
            .setIncarnation(member.incarnation())
            .setMeshAddress(member.state().mesh().toString())
            .setApiAddress(member.state().api().toString())
            .putAllLabels(member.state().labels())
            .setRttMicros(
                member.rttNanos() < 0 ? -1 : TimeUnit.NANOSECONDS.toMicros(member.rttNanos()))
            .setSelf(member.id().equals(self));
    for (Residency held : member.state().models()) {
      info.addModels(
          ModelHeld.newBuilder()
              .setName(held.model())
              .setVersion(held.version())
              .setManifestId(held.manifest())
              .setState(held.state().name()));
    }
    return info.build();
  }

  @Override
  public void explain(ExplainRequest request, StreamObserver<ExplainResponse> observer) {
    ExplainResponse response;
    try {
      response = explaining.explain(request);
    } catch (MalformedException e) {
      observer.onError(Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException());
      return;
    }
    observer.onNext(response);
    observer.onCompleted();
  }

  @Override
  public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> observer) {
    SortedMap<Residency, ModelInfo.Builder> found =
        new TreeMap<>(
            Comparator.comparing(Residency::model)
                .thenComparing(Residency::version)
                .thenComparing(Residency::manifest));
    for (Member member : membership.get().members().values()) {
      if (!member.status().usable()) {
        continue;
      }
      for (Residency held : member.state().models()) {
        ModelInfo.Builder info =
            found.computeIfAbsent(
                held,
                model ->
                    ModelInfo.newBuilder()
                        .setName(model.model())
                        .setVersion(model.version())
                        .setManifestId(model.manifest()));
        if (held.state() == Residency.State.READY) {
          info.addReadyOn(member.id().toString());
        } else {
          info.addStoredOn(member.id().toString());
        }
      }
    }
    ListModelsResponse.Builder response = ListModelsResponse.newBuilder();
    found.values().forEach(response::addModels);
    observer.onNext(response.build());
    observer.onCompleted();
  }

  @Override
  public StreamObserver<PushModelRequest> pushModel(StreamObserver<PushModelResponse> observer) {
    return new Push(models, (ServerCallStreamObserver<PushModelResponse>) observer);
  }

  @Override
  public void loadModel(LoadModelRequest request, StreamObserver<LoadModelProgress> observer) {
    LoadReport report = new LoadReport((ServerCallStreamObserver<LoadModelProgress>) observer);
    Outcomes.follow(
        models.load(request.getName(), request.getVersion(), report::onProgress),
        loaded -> report.end(null),
        report::end);
  }

  @Override
  public void unloadModel(
      UnloadModelRequest request, StreamObserver<UnloadModelResponse> observer) {
    Outcomes.answer(
        models.unload(request.getName(), request.getVersion()),
        count -> UnloadModelResponse.newBuilder().setUnloaded(count).build(),
        observer);
  }

  @Override
  public void removeModel(
      RemoveModelRequest request, StreamObserver<RemoveModelResponse> observer) {
    Outcomes.answer(
        models.remove(request.getName(), request.getVersion()),
        count -> RemoveModelResponse.newBuilder().setRemoved(count).build(),
        observer);
  }

  @Override
  public void showModel(ShowModelRequest request, StreamObserver<ShowModelResponse> observer) {
    ShowModelResponse shown;
    try {
      SignedManifest manifest = models.find(request.getName(), request.getVersion());
      shown = StoreReports.shown(manifest, models);
    } catch (ModelException e) {
      observer.onError(Outcomes.toStatus(e));
      return;
    } catch (IOException e) {
      observer.onError(
          Outcomes.toStatus(
              new ModelException(
                  ModelException.Code.STORAGE,
                  "cannot read the files of '" + request.getName() + "': " + e.getMessage(),
                  e)));
      return;
    }
    observer.onNext(shown);
    observer.onCompleted();
  }

  @Override
  public void verifyModels(
      VerifyModelsRequest request, StreamObserver<VerifyModelsResponse> observer) {
    Outcomes.answer(
        models.verify(request.getName(), request.getVersion()), StoreReports::verified, observer);
  }

  @Override
  public void collectGarbage(
      CollectGarbageRequest request, StreamObserver<CollectGarbageResponse> observer) {
    Outcomes.answer(models.collectGarbage(request.getDryRun()), StoreReports::collected, observer);
  }

  /** Tells one operator how a load goes; an operator who went away does not stop it. */
  private static final class LoadReport {
    private static final long MIN_STEP_BYTES = 1 << 20;

    private final ServerCallStreamObserver<LoadModelProgress> observer;
    private LoadProgress.Stage stage = LoadProgress.Stage.FETCHING;
    private long reportedBytes = -MIN_STEP_BYTES;

    LoadReport(ServerCallStreamObserver<LoadModelProgress> observer) {
      this.observer = observer;
      observer.setOnCancelHandler(() -> {});
    }

    synchronized void onProgress(LoadProgress progress) {
      boolean small =
          progress.stage() == stage
              && progress.bytesDone() < progress.bytesTotal()
              && progress.bytesDone() - reportedBytes < MIN_STEP_BYTES;
      if (observer.isCancelled() || small) {
        return;
      }
      stage = progress.stage();
      reportedBytes = progress.bytesDone();
      observer.onNext(
          LoadModelProgress.newBuilder()
              .setStage(progress.stage().name())
              .setBytesDone(progress.bytesDone())
              .setBytesTotal(progress.bytesTotal())
              .setBytesFetched(progress.bytesFetched())
              .setPeers(progress.peers())
              .setManifestId(progress.manifest().toString())
              .setVersion(progress.version())
              .build());
    }

    synchronized void end(@Nullable StatusException error) {
      if (observer.isCancelled()) {
        return;
      }
      if (error != null) {
        observer.onError(error);
      } else {
        observer.onCompleted();
      }
    }
  }
}
