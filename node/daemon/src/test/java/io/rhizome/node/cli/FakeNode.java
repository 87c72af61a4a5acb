// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.access.Access;
import io.rhizome.node.access.Door;
import io.rhizome.node.api.FakeJobs;
import io.rhizome.node.api.TenantJobs;
import io.rhizome.node.api.grpc.AccessGuard;
import io.rhizome.node.api.grpc.JobService;
import io.rhizome.node.api.grpc.PolicyService;
import io.rhizome.node.api.grpc.Recoveries;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.identity.AdminGuard;
import io.rhizome.node.identity.Admits;
import io.rhizome.node.identity.Admitted;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.OperatorProofs;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.identity.Signing;
import io.rhizome.node.models.ManifestJson;
import io.rhizome.node.policy.EpochStatement;
import io.rhizome.node.policy.InMemoryPolicyStore;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.protocol.inference.GRPCInferenceServiceGrpc;
import io.rhizome.node.protocol.inference.InferParameter;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.node.protocol.inference.ModelMetadataRequest;
import io.rhizome.node.protocol.inference.ModelMetadataResponse;
import io.rhizome.node.serving.ModelNames;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.TensorSpec;
import io.rhizome.v1.AdminServiceGrpc;
import io.rhizome.v1.ChallengeRequest;
import io.rhizome.v1.ChallengeResponse;
import io.rhizome.v1.CollectGarbageRequest;
import io.rhizome.v1.CollectGarbageResponse;
import io.rhizome.v1.Garbage;
import io.rhizome.v1.ListModelsRequest;
import io.rhizome.v1.ListModelsResponse;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.ListNodesResponse;
import io.rhizome.v1.LoadModelProgress;
import io.rhizome.v1.LoadModelRequest;
import io.rhizome.v1.ModelFile;
import io.rhizome.v1.ModelHeld;
import io.rhizome.v1.ModelInfo;
import io.rhizome.v1.NodeInfo;
import io.rhizome.v1.PushModelRequest;
import io.rhizome.v1.PushModelResponse;
import io.rhizome.v1.RemoveModelRequest;
import io.rhizome.v1.RemoveModelResponse;
import io.rhizome.v1.ShowModelRequest;
import io.rhizome.v1.ShowModelResponse;
import io.rhizome.v1.SignedManifest;
import io.rhizome.v1.StatusRequest;
import io.rhizome.v1.StatusResponse;
import io.rhizome.v1.UnloadModelRequest;
import io.rhizome.v1.UnloadModelResponse;
import io.rhizome.v1.VerifiedFile;
import io.rhizome.v1.VerifyModelsRequest;
import io.rhizome.v1.VerifyModelsResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A node's public port with canned answers behind the real guard. */
final class FakeNode {
  static final String MESH = "mesh-of-tests";

  final String id;
  final String address;
  private final Server server;
  private final Identity identity;
  private final Admitted roster;
  private final OperatorProofs proofs;
  private final PolicyStore policy;
  private volatile @Nullable EpochStatement epoch;
  private volatile byte[] pushed = new byte[0];
  private final HealthStatusManager health = new HealthStatusManager();
  private final ShowModelResponse shown;

  /** Jobs of its site. */
  final FakeJobs jobs = new FakeJobs();

  FakeNode(Path dir) throws IOException {
    identity = Identity.loadOrCreate(dir.resolve("node.key"));
    Identity operator = Identity.loadOrCreate(dir.resolve("operator.key"));
    roster =
        Admits.of(
            new Roster(
                List.of(Roster.Entry.of("node-1", identity, new TreeMap<>())),
                List.of(Roster.Entry.of("operator", operator, new TreeMap<>()))));
    id = identity.nodeId().toString();
    shown = shown(operator);
    policy = new InMemoryPolicyStore(identity.nodeId(), this::check, () -> 1_700_000_000_000L);
    proofs = new OperatorProofs(identity.nodeId(), roster, System::nanoTime);
    Access access = Access.over(policy, "eu", System::nanoTime, System::currentTimeMillis);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Admin())
            .addService(new Inference())
            .addService(
                new PolicyService(
                    MESH, policy, new Recoveries(() -> Optional.ofNullable(epoch), this::recover)))
            .addService(
                new JobService(
                    new TenantJobs(jobs, access, ModelNames.over(policy)),
                    () -> FakeNode::soon,
                    ForkJoinPool.commonPool()))
            .addService(health.getHealthService())
            .intercept(new AccessGuard(new Door(access, false), new AdminGuard(proofs)))
            .build()
            .start();
    address = "127.0.0.1:" + server.getPort();
  }

  /** What is due within a second is done at once, and what is due later never. */
  private static Cancellable soon(Runnable task, long delayNanos) {
    if (delayNanos <= TimeUnit.SECONDS.toNanos(1)) {
      task.run();
    }
    return () -> {};
  }

  /** Believes what the operator signed. */
  private CompletionStage<Long> recover(EpochStatement order) {
    if (!roster.verify(
        order.operator(), order.signedBytes().toArray(), order.signature().toArray())) {
      return CompletableFuture.failedFuture(
          new PolicyException(PolicyException.Code.DENIED, "no operator of this mesh signed it"));
    }
    epoch = order;
    return CompletableFuture.completedFuture(1_000_000L);
  }

  private void check(PolicySnapshot now, Proposal proposal) throws PolicyException {
    Proof proof = proposal.proof();
    if (!proposal.mesh().equals(MESH)
        || !roster.verify(
            NodeId.parse(proof.subject()),
            proposal.signedBytes().toArray(),
            proof.signature().toArray())) {
      throw new PolicyException(PolicyException.Code.DENIED, "no operator of this mesh signed it");
    }
  }

  private static ShowModelResponse shown(Identity signer) {
    byte[] weights = {1, 2, 3};
    Manifest manifest =
        new Manifest(
            "digits",
            4,
            "pytorch",
            List.of(new Manifest.File("model.pt", weights.length, Digest.sha256(weights))),
            List.of(TensorSpec.parse("pixels:FP32[-1,1,8,8]")),
            List.of(TensorSpec.parse("logits:FP32[-1,10]")),
            new TreeMap<>());
    ByteString json = ByteString.copyFrom(ManifestJson.encode(manifest));
    return ShowModelResponse.newBuilder()
        .setManifestId(Digest.sha256(json.toByteArray()).toString())
        .setSigned(
            SignedManifest.newBuilder()
                .setManifest(json)
                .setSigner(ByteString.copyFrom(signer.nodeId().bytes())))
        .setState("READY")
        .addFiles(
            ModelFile.newBuilder()
                .setName("model.pt")
                .setBytes(weights.length)
                .setDigest(Digest.sha256(weights).toString())
                .setChunks(1))
        .build();
  }

  /** The manifest of the last push. */
  Manifest pushed() {
    return ManifestJson.parse(pushed);
  }

  /** From here on it says that it does not serve. */
  void drain() {
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
  }

  void stop() throws InterruptedException {
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  private static <T> void answer(StreamObserver<T> out, T value) {
    out.onNext(value);
    out.onCompleted();
  }

  private final class Admin extends AdminServiceGrpc.AdminServiceImplBase {
    @Override
    public void challenge(ChallengeRequest request, StreamObserver<ChallengeResponse> out) {
      answer(
          out,
          ChallengeResponse.newBuilder()
              .setNonce(ByteString.copyFrom(proofs.issueNonce()))
              .setNodeId(ByteString.copyFrom(identity.nodeId().bytes()))
              .build());
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
      answer(
          out,
          StatusResponse.newBuilder()
              .setNodeId(id)
              .setName("node-1")
              .setUptimeMillis(3_723_000)
              .setServed(7)
              .setRssBytes(200L << 20)
              .addEngines("echo")
              .build());
    }

    @Override
    public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> out) {
      ModelHeld held =
          ModelHeld.newBuilder().setName("digits").setVersion(4).setState("READY").build();
      NodeInfo self =
          NodeInfo.newBuilder()
              .setNodeId(id)
              .setStatus("ALIVE")
              .setSelf(true)
              .setApiAddress(address)
              .putLabels("name", "node-1")
              .putLabels("site", "berlin")
              .addModels(held)
              .build();
      NodeInfo other =
          self.toBuilder()
              .setNodeId("zz" + id.substring(2))
              .setSelf(false)
              .setRttMicros(1234)
              .setStatus("DEAD")
              .putLabels("name", "node-2")
              .clearModels()
              .build();
      answer(out, ListNodesResponse.newBuilder().addNodes(other).addNodes(self).build());
    }

    @Override
    public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> out) {
      answer(
          out,
          ListModelsResponse.newBuilder()
              .addModels(
                  ModelInfo.newBuilder()
                      .setName("digits")
                      .setVersion(4)
                      .setManifestId("ab".repeat(32))
                      .addReadyOn(id))
              .build());
    }

    @Override
    public StreamObserver<PushModelRequest> pushModel(StreamObserver<PushModelResponse> out) {
      return new Receive(out);
    }

    @Override
    public void loadModel(LoadModelRequest request, StreamObserver<LoadModelProgress> out) {
      if (!request.getName().equals("digits")) {
        out.onError(
            Status.NOT_FOUND
                .withDescription("no node that can be reached holds '" + request.getName() + "'")
                .asRuntimeException());
        return;
      }
      LoadModelProgress step = LoadModelProgress.newBuilder().setVersion(4).buildPartial();
      out.onNext(
          step.toBuilder()
              .setStage("FETCHING")
              .setPeers(2)
              .setBytesDone(1)
              .setBytesTotal(2)
              .build());
      out.onNext(step.toBuilder().setStage("LOADING").build());
      answer(out, step.toBuilder().setStage("READY").build());
    }

    @Override
    public void unloadModel(UnloadModelRequest request, StreamObserver<UnloadModelResponse> out) {
      answer(out, UnloadModelResponse.newBuilder().setUnloaded(1).build());
    }

    @Override
    public void removeModel(RemoveModelRequest request, StreamObserver<RemoveModelResponse> out) {
      answer(out, RemoveModelResponse.newBuilder().setRemoved(2).build());
    }

    @Override
    public void showModel(ShowModelRequest request, StreamObserver<ShowModelResponse> out) {
      answer(out, shown);
    }

    @Override
    public void verifyModels(
        VerifyModelsRequest request, StreamObserver<VerifyModelsResponse> out) {
      VerifiedFile.Builder file =
          VerifiedFile.newBuilder()
              .setModel("digits")
              .setVersion(4)
              .setFile(ModelFile.newBuilder().setName("model.pt").setBytes(7));
      VerifyModelsResponse.Builder verified =
          VerifyModelsResponse.newBuilder().addFiles(file.setState("REPAIRED"));
      if (request.getName().isEmpty()) {
        verified.addFiles(file.setState("DAMAGED").setReason("nobody has it"));
      }
      answer(out, verified.build());
    }

    @Override
    public void collectGarbage(
        CollectGarbageRequest request, StreamObserver<CollectGarbageResponse> out) {
      answer(
          out,
          CollectGarbageResponse.newBuilder()
              .addFiles(
                  Garbage.newBuilder()
                      .setFile("incoming/ab")
                      .setBytes(request.getDryRun() ? 4096 : 2048)
                      .setKind("UNFINISHED"))
              .build());
    }
  }

  /** Takes a push, checks its signature, and answers with the number of bytes as the version. */
  private final class Receive implements StreamObserver<PushModelRequest> {
    private final StreamObserver<PushModelResponse> out;
    private byte[] manifest = new byte[0];
    private long bytes;

    Receive(StreamObserver<PushModelResponse> out) {
      this.out = out;
    }

    @Override
    public void onNext(PushModelRequest request) {
      if (request.hasManifest()) {
        SignedManifest signed = request.getManifest();
        manifest = signed.getManifest().toByteArray();
        if (!new Signing(identity, roster)
            .trusted(
                signed.getSigner().toByteArray(),
                Digest.sha256(manifest),
                signed.getSignature().toByteArray())) {
          out.onError(Status.PERMISSION_DENIED.asRuntimeException());
        }
      }
      bytes += request.getChunk().size();
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {
      pushed = manifest;
      answer(
          out,
          PushModelResponse.newBuilder()
              .setManifestId(Digest.sha256(manifest).toString())
              .setName("digits")
              .setVersion(bytes)
              .build());
    }
  }

  private static final class Inference
      extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
    @Override
    public void modelMetadata(
        ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> out) {
      boolean images = request.getName().equals("photos");
      answer(
          out,
          ModelMetadataResponse.newBuilder()
              .setName(request.getName())
              .addInputs(
                  ModelMetadataResponse.TensorMetadata.newBuilder()
                      .setName("image")
                      .setDatatype(images ? "BYTES" : "FP32")
                      .addShape(-1))
              .build());
    }

    /** Two classes for each image; the labels tell its index and size. */
    private static ModelInferResponse classified(ModelInferRequest request) {
      var input = request.getInputs(0);
      var output =
          ModelInferResponse.InferOutputTensor.newBuilder()
              .setName("classification")
              .setDatatype("BYTES")
              .addShape(input.getShape(0))
              .addShape(2);
      for (int i = 0; i < input.getShape(0); i++) {
        int bytes = input.getContents().getBytesContents(i).size();
        output
            .getContentsBuilder()
            .addBytesContents(ByteString.copyFromUtf8("0.998250:7:" + i + " of " + bytes))
            .addBytesContents(ByteString.copyFromUtf8("0.001000:1"));
      }
      return ModelInferResponse.newBuilder().setModelName("photos").addOutputs(output).build();
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> out) {
      if (request.getModelName().equals("photos")) {
        answer(out, classified(request));
        return;
      }
      if (!request.getModelName().equals("digits")) {
        out.onError(
            Status.NOT_FOUND
                .withDescription("unknown model '" + request.getModelName() + "'")
                .asRuntimeException());
        return;
      }
      List<Float> sent = request.getInputs(0).getContents().getFp32ContentsList();
      ByteBuffer raw = ByteBuffer.allocate(4 * sent.size()).order(ByteOrder.LITTLE_ENDIAN);
      sent.forEach(raw::putFloat);
      answer(
          out,
          ModelInferResponse.newBuilder()
              .setModelName("digits")
              .setModelVersion("4")
              .setId(request.getId())
              .putParameters("rhizome_served_by", text("node-2"))
              .putParameters("rhizome_path", text("node-1,node-2"))
              .addOutputs(
                  ModelInferResponse.InferOutputTensor.newBuilder()
                      .setName("logits")
                      .setDatatype("FP32")
                      .addShape(1)
                      .addShape(sent.size()))
              .addRawOutputContents(ByteString.copyFrom(raw.flip()))
              .build());
    }

    private static InferParameter text(String value) {
      return InferParameter.newBuilder().setStringParam(value).build();
    }
  }
}
