// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rhizome.node.access.Access;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.access.Caller;
import io.rhizome.node.api.ModelControl;
import io.rhizome.node.api.ServedModels;
import io.rhizome.node.api.Wishes;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.mesh.EventLoops;
import io.rhizome.node.models.ModelException;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.RawMessages;
import io.rhizome.node.protocol.RawUnary;
import io.rhizome.node.protocol.RequestHead;
import io.rhizome.node.protocol.inference.GRPCInferenceServiceGrpc;
import io.rhizome.node.protocol.inference.ModelConfigRequest;
import io.rhizome.node.protocol.inference.ModelConfigResponse;
import io.rhizome.node.protocol.inference.ModelMetadataRequest;
import io.rhizome.node.protocol.inference.ModelMetadataResponse;
import io.rhizome.node.protocol.inference.ModelReadyRequest;
import io.rhizome.node.protocol.inference.ModelReadyResponse;
import io.rhizome.node.protocol.inference.ModelStatisticsRequest;
import io.rhizome.node.protocol.inference.ModelStatisticsResponse;
import io.rhizome.node.protocol.inference.RepositoryIndexRequest;
import io.rhizome.node.protocol.inference.RepositoryIndexResponse;
import io.rhizome.node.protocol.inference.RepositoryModelLoadRequest;
import io.rhizome.node.protocol.inference.RepositoryModelLoadResponse;
import io.rhizome.node.protocol.inference.RepositoryModelUnloadRequest;
import io.rhizome.node.protocol.inference.RepositoryModelUnloadResponse;
import io.rhizome.node.protocol.inference.ServerLiveRequest;
import io.rhizome.node.protocol.inference.ServerLiveResponse;
import io.rhizome.node.protocol.inference.ServerMetadataRequest;
import io.rhizome.node.protocol.inference.ServerMetadataResponse;
import io.rhizome.node.protocol.inference.ServerReadyRequest;
import io.rhizome.node.protocol.inference.ServerReadyResponse;
import io.rhizome.node.serving.Arrival;
import io.rhizome.node.serving.GrpcReply;
import io.rhizome.node.serving.ModelNames;
import io.rhizome.node.serving.ModelNames.Target;
import io.rhizome.node.serving.PermittedReply;
import io.rhizome.node.serving.Serving;
import io.rhizome.node.serving.ServingError;
import io.rhizome.scheduler.Request;
import java.io.InputStream;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code inference.GRPCInferenceService}. A model that any reachable node holds is served, and
 * described, by every node.
 */
public final class InferenceService extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
  private static final Metadata.Key<String> POLICY_AGE =
      Metadata.Key.of("rhizome-policy-age-seconds", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> CLASS =
      Metadata.Key.of(Wishes.CLASS, Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> AFFINITY =
      Metadata.Key.of(Wishes.AFFINITY, Metadata.ASCII_STRING_MARSHALLER);

  private final Access access;
  private final Serving serving;
  private final ServedModels served;
  private final ModelControl control;
  private final EventLoops loops;
  private final BooleanSupplier ready;
  private final long defaultTimeoutNanos;

  /**
   * The service over this serving; it must stand behind an {@link AccessGuard}.
   *
   * @param ready whether this node serves
   * @param defaultTimeoutNanos for requests that bring no deadline
   */
  public InferenceService(
      Access access,
      Serving serving,
      ServedModels served,
      ModelControl control,
      EventLoops loops,
      BooleanSupplier ready,
      long defaultTimeoutNanos) {
    this.access = access;
    this.serving = serving;
    this.served = served;
    this.control = control;
    this.loops = loops;
    this.ready = ready;
    this.defaultTimeoutNanos = defaultTimeoutNanos;
  }

  /** The generated service, with {@code ModelInfer} in its raw form. */
  public ServerServiceDefinition definition() {
    ServerServiceDefinition generated = bindService();
    String infer = RawMessages.MODEL_INFER.getFullMethodName();
    Collection<ServerMethodDefinition<?, ?>> others =
        generated.getMethods().stream()
            .filter(method -> !method.getMethodDescriptor().getFullMethodName().equals(infer))
            .toList();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(generated.getServiceDescriptor().getName())
            .setSchemaDescriptor(generated.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(RawMessages.MODEL_INFER);
    others.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder service =
        ServerServiceDefinition.builder(descriptor.build())
            .addMethod(RawMessages.MODEL_INFER, new RawUnary(this::infer));
    others.forEach(service::addMethod);
    return service.build();
  }

  private Runnable infer(byte[] message, Metadata headers, ServerCall<byte[], InputStream> call) {
    long arrived = System.nanoTime();
    Caller caller = Objects.requireNonNull(AccessGuard.CALLER.get(), "AccessGuard comes first");
    byte[] named = message;
    Request request;
    try {
      RequestHead head = RequestHead.scan(message);
      if (head.modelName().isEmpty()) {
        throw new MalformedException("model_name is missing");
      }
      Optional<Target> target =
          served.names().resolve(head.modelName(), head.version(), ThreadLocalRandom.current());
      if (target.isEmpty()) {
        call.close(Status.NOT_FOUND.withDescription(noVersion(head)), new Metadata());
        return () -> {};
      }
      if (!target.get().equals(new Target(head.modelName(), head.version()))) {
        named = ModelNames.renamed(message, target.get());
      }
      request =
          Wishes.of(headers.get(CLASS), headers.get(AFFINITY))
              .request(target.get(), named.length, caller);
    } catch (MalformedException e) {
      call.close(Status.INVALID_ARGUMENT.withDescription(e.getMessage()), new Metadata());
      return () -> {};
    }
    Access.Permit permit;
    try {
      permit = access.admit(caller, request.model());
    } catch (AccessException e) {
      AccessGuard.refuse(call, e);
      return () -> {};
    }
    Deadline deadline = Context.current().getDeadline();
    long budget =
        deadline == null ? defaultTimeoutNanos : deadline.timeRemaining(TimeUnit.NANOSECONDS);
    Cancellable running =
        serving.serve(
            new Arrival(named, request, arrived + budget, loops.timers(), serving.caller(headers)),
            new PermittedReply(new GrpcReply(call, this::trailers), permit));
    return running::cancel;
  }

  private static String noVersion(RequestHead head) {
    return "policy does not give the name '%s' to version %s"
        .formatted(head.modelName(), head.modelVersion());
  }

  private Metadata trailers(@Nullable ServingError error) {
    Metadata trailers = RetryHint.trailers(error);
    access.policyAge().ifPresent(age -> trailers.put(POLICY_AGE, age));
    return trailers;
  }

  @Override
  public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
    observer.onNext(ServerLiveResponse.newBuilder().setLive(true).build());
    observer.onCompleted();
  }

  @Override
  public void serverReady(
      ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
    observer.onNext(ServerReadyResponse.newBuilder().setReady(ready.getAsBoolean()).build());
    observer.onCompleted();
  }

  @Override
  public void serverMetadata(
      ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
    answer(observer, served::server);
  }

  @Override
  public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
    answer(
        observer,
        () ->
            ModelReadyResponse.newBuilder()
                .setReady(served.isReady(request.getName(), request.getVersion()))
                .build());
  }

  @Override
  public void modelMetadata(
      ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
    follow(
        observer, () -> served.metadata(request.getName(), request.getVersion()), found -> found);
  }

  @Override
  public void modelConfig(
      ModelConfigRequest request, StreamObserver<ModelConfigResponse> observer) {
    follow(
        observer,
        () -> served.config(request.getName(), request.getVersion()),
        config -> ModelConfigResponse.newBuilder().setConfig(config).build());
  }

  @Override
  public void modelStatistics(
      ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> observer) {
    answer(observer, () -> served.statistics(request.getName(), request.getVersion()));
  }

  @Override
  public void repositoryIndex(
      RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> observer) {
    answer(observer, () -> served.index(request.getReady()));
  }

  @Override
  public void repositoryModelLoad(
      RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> observer) {
    String name = named(request.getRepositoryName(), request.getModelName());
    follow(
        observer,
        () -> control.load(name, request.getParametersMap().keySet()),
        done ->
            RepositoryModelLoadResponse.newBuilder().setModelName(name).setIsLoaded(true).build());
  }

  @Override
  public void repositoryModelUnload(
      RepositoryModelUnloadRequest request,
      StreamObserver<RepositoryModelUnloadResponse> observer) {
    String name = named(request.getRepositoryName(), request.getModelName());
    follow(
        observer,
        () -> control.unload(name, request.getParametersMap().keySet()),
        done ->
            RepositoryModelUnloadResponse.newBuilder()
                .setModelName(name)
                .setIsUnloaded(true)
                .build());
  }

  /** KServe's form of these messages has the model's name where Triton's has the repository's. */
  private static String named(String repository, String model) {
    return model.isEmpty() ? repository : model;
  }

  /** What an answer is made by. */
  private interface Source<T> {
    T get() throws MalformedException, ModelException;
  }

  private static <T> void answer(StreamObserver<T> observer, Source<T> source) {
    follow(observer, () -> CompletableFuture.completedFuture(source.get()), answer -> answer);
  }

  private static <T, M> void follow(
      StreamObserver<M> observer, Source<CompletableFuture<T>> source, Function<T, M> message) {
    CompletableFuture<T> operation;
    try {
      operation = source.get();
    } catch (MalformedException e) {
      observer.onError(Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException());
      return;
    } catch (ModelException e) {
      observer.onError(Outcomes.toStatus(e));
      return;
    }
    Outcomes.answer(operation, message, observer);
  }
}
