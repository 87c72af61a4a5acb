// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.primitive.session.SessionId;
import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.CloseSessionRequest;
import io.atomix.protocols.raft.protocol.CloseSessionResponse;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.CommandResponse;
import io.atomix.protocols.raft.protocol.ConfigureRequest;
import io.atomix.protocols.raft.protocol.ConfigureResponse;
import io.atomix.protocols.raft.protocol.HeartbeatRequest;
import io.atomix.protocols.raft.protocol.HeartbeatResponse;
import io.atomix.protocols.raft.protocol.InstallRequest;
import io.atomix.protocols.raft.protocol.InstallResponse;
import io.atomix.protocols.raft.protocol.JoinRequest;
import io.atomix.protocols.raft.protocol.JoinResponse;
import io.atomix.protocols.raft.protocol.KeepAliveRequest;
import io.atomix.protocols.raft.protocol.KeepAliveResponse;
import io.atomix.protocols.raft.protocol.LeaveRequest;
import io.atomix.protocols.raft.protocol.LeaveResponse;
import io.atomix.protocols.raft.protocol.MetadataRequest;
import io.atomix.protocols.raft.protocol.MetadataResponse;
import io.atomix.protocols.raft.protocol.OpenSessionRequest;
import io.atomix.protocols.raft.protocol.OpenSessionResponse;
import io.atomix.protocols.raft.protocol.PollRequest;
import io.atomix.protocols.raft.protocol.PollResponse;
import io.atomix.protocols.raft.protocol.PublishRequest;
import io.atomix.protocols.raft.protocol.QueryRequest;
import io.atomix.protocols.raft.protocol.QueryResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.protocol.ReconfigureRequest;
import io.atomix.protocols.raft.protocol.ReconfigureResponse;
import io.atomix.protocols.raft.protocol.ResetRequest;
import io.atomix.protocols.raft.protocol.TransferRequest;
import io.atomix.protocols.raft.protocol.TransferResponse;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.atomix.protocols.raft.protocol.VoteResponse;
import io.atomix.utils.serializer.Serializer;
import io.rhizome.gossip.NodeId;
import java.net.ConnectException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Atomix' messages over a {@link VoterTransport}: one subject for each, a body in Atomix' own form.
 * What {@link Senders} refuses never reaches Atomix; a stranger's bytes are not even decoded.
 * Atomix' client is not used, so nothing is published to sessions, and none is reset.
 */
final class RaftWire implements RaftServerProtocol {
  static final int MAX_BODY_BYTES = 1 << 20;
  private static final Serializer SERIALIZER = Serializer.using(RaftNamespaces.RAFT_PROTOCOL);

  private final NodeId self;
  private final VoterTransport transport;
  private final Senders senders;
  private final ScheduledExecutorService scheduler;
  private final LongSupplier timeoutNanos;
  private final Map<String, Function<Object, CompletableFuture<?>>> handlers =
      new ConcurrentHashMap<>();

  RaftWire(
      NodeId self,
      VoterTransport transport,
      Senders senders,
      ScheduledExecutorService scheduler,
      LongSupplier timeoutNanos) {
    this.self = self;
    this.transport = transport;
    this.senders = senders;
    this.scheduler = scheduler;
    this.timeoutNanos = timeoutNanos;
  }

  /** As {@link VoterTransport.Handler}. */
  CompletableFuture<byte[]> handle(NodeId from, String subject, byte[] body) {
    try {
      senders.checkSubject(from, subject);
      if (body.length > MAX_BODY_BYTES) {
        throw new RefusedException(subject + " of " + body.length + " bytes is too long");
      }
      Object request = SERIALIZER.decode(body);
      return handled(from, subject, request).thenApply(SERIALIZER::encode);
    } catch (RefusedException e) {
      return CompletableFuture.failedFuture(e);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(
          new RefusedException(subject + " of " + from.shortName() + " cannot be read", e));
    }
  }

  private CompletableFuture<?> handled(NodeId from, String subject, Object request)
      throws RefusedException {
    senders.check(from, subject, request);
    Function<Object, CompletableFuture<?>> handler = handlers.get(subject);
    return handler == null
        ? CompletableFuture.failedFuture(new ConnectException("no voter yet: " + subject))
        : handler.apply(request);
  }

  @SuppressWarnings("unchecked") // a subject has one type of answer
  private <T> CompletableFuture<T> send(MemberId to, String subject, Object request) {
    NodeId node = NodeId.parse(to.id());
    try {
      if (node.equals(self)) {
        return bounded(subject, (CompletableFuture<T>) handled(self, subject, request));
      }
      return transport
          .call(node, subject, SERIALIZER.encode(request), timeoutNanos.getAsLong())
          .<T>thenApply(SERIALIZER::decode)
          .toCompletableFuture();
    } catch (RefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** A leader that steps down does not answer all that it was asked. */
  private <T> CompletableFuture<T> bounded(String subject, CompletableFuture<T> answer) {
    CompletableFuture<T> bounded = answer.copy();
    if (!bounded.isDone()) {
      ScheduledFuture<?> timer =
          scheduler.schedule(
              () ->
                  bounded.completeExceptionally(
                      new TimeoutException("this node did not answer " + subject)),
              timeoutNanos.getAsLong(),
              TimeUnit.NANOSECONDS);
      var unused = bounded.whenComplete((got, error) -> timer.cancel(false));
    }
    return bounded;
  }

  private <T, R> void serve(
      String subject, Class<T> type, Function<T, CompletableFuture<R>> handler) {
    handlers.put(subject, request -> handler.apply(type.cast(request)));
  }

  @Override
  public CompletableFuture<HeartbeatResponse> heartbeat(MemberId to, HeartbeatRequest request) {
    return CompletableFuture.failedFuture(new ConnectException("there are no clients"));
  }

  @Override
  public void publish(MemberId to, PublishRequest request) {}

  @Override
  public void registerResetListener(
      SessionId session, Consumer<ResetRequest> listener, Executor executor) {}

  @Override
  public void unregisterResetListener(SessionId session) {}

  @Override
  public CompletableFuture<OpenSessionResponse> openSession(
      MemberId to, OpenSessionRequest request) {
    return send(to, "openSession", request);
  }

  @Override
  public void registerOpenSessionHandler(
      Function<OpenSessionRequest, CompletableFuture<OpenSessionResponse>> handler) {
    serve("openSession", OpenSessionRequest.class, handler);
  }

  @Override
  public void unregisterOpenSessionHandler() {
    handlers.remove("openSession");
  }

  @Override
  public CompletableFuture<CloseSessionResponse> closeSession(
      MemberId to, CloseSessionRequest request) {
    return send(to, "closeSession", request);
  }

  @Override
  public void registerCloseSessionHandler(
      Function<CloseSessionRequest, CompletableFuture<CloseSessionResponse>> handler) {
    serve("closeSession", CloseSessionRequest.class, handler);
  }

  @Override
  public void unregisterCloseSessionHandler() {
    handlers.remove("closeSession");
  }

  @Override
  public CompletableFuture<KeepAliveResponse> keepAlive(MemberId to, KeepAliveRequest request) {
    return send(to, "keepAlive", request);
  }

  @Override
  public void registerKeepAliveHandler(
      Function<KeepAliveRequest, CompletableFuture<KeepAliveResponse>> handler) {
    serve("keepAlive", KeepAliveRequest.class, handler);
  }

  @Override
  public void unregisterKeepAliveHandler() {
    handlers.remove("keepAlive");
  }

  @Override
  public CompletableFuture<QueryResponse> query(MemberId to, QueryRequest request) {
    return send(to, "query", request);
  }

  @Override
  public void registerQueryHandler(
      Function<QueryRequest, CompletableFuture<QueryResponse>> handler) {
    serve("query", QueryRequest.class, handler);
  }

  @Override
  public void unregisterQueryHandler() {
    handlers.remove("query");
  }

  @Override
  public CompletableFuture<CommandResponse> command(MemberId to, CommandRequest request) {
    return send(to, "command", request);
  }

  @Override
  public void registerCommandHandler(
      Function<CommandRequest, CompletableFuture<CommandResponse>> handler) {
    serve("command", CommandRequest.class, handler);
  }

  @Override
  public void unregisterCommandHandler() {
    handlers.remove("command");
  }

  @Override
  public CompletableFuture<MetadataResponse> metadata(MemberId to, MetadataRequest request) {
    return send(to, "metadata", request);
  }

  @Override
  public void registerMetadataHandler(
      Function<MetadataRequest, CompletableFuture<MetadataResponse>> handler) {
    serve("metadata", MetadataRequest.class, handler);
  }

  @Override
  public void unregisterMetadataHandler() {
    handlers.remove("metadata");
  }

  @Override
  public CompletableFuture<JoinResponse> join(MemberId to, JoinRequest request) {
    return send(to, "join", request);
  }

  @Override
  public void registerJoinHandler(Function<JoinRequest, CompletableFuture<JoinResponse>> handler) {
    serve("join", JoinRequest.class, handler);
  }

  @Override
  public void unregisterJoinHandler() {
    handlers.remove("join");
  }

  @Override
  public CompletableFuture<LeaveResponse> leave(MemberId to, LeaveRequest request) {
    return send(to, "leave", request);
  }

  @Override
  public void registerLeaveHandler(
      Function<LeaveRequest, CompletableFuture<LeaveResponse>> handler) {
    serve("leave", LeaveRequest.class, handler);
  }

  @Override
  public void unregisterLeaveHandler() {
    handlers.remove("leave");
  }

  @Override
  public CompletableFuture<ConfigureResponse> configure(MemberId to, ConfigureRequest request) {
    return send(to, "configure", request);
  }

  @Override
  public void registerConfigureHandler(
      Function<ConfigureRequest, CompletableFuture<ConfigureResponse>> handler) {
    serve("configure", ConfigureRequest.class, handler);
  }

  @Override
  public void unregisterConfigureHandler() {
    handlers.remove("configure");
  }

  @Override
  public CompletableFuture<ReconfigureResponse> reconfigure(
      MemberId to, ReconfigureRequest request) {
    return send(to, "reconfigure", request);
  }

  @Override
  public void registerReconfigureHandler(
      Function<ReconfigureRequest, CompletableFuture<ReconfigureResponse>> handler) {
    serve("reconfigure", ReconfigureRequest.class, handler);
  }

  @Override
  public void unregisterReconfigureHandler() {
    handlers.remove("reconfigure");
  }

  @Override
  public CompletableFuture<InstallResponse> install(MemberId to, InstallRequest request) {
    return send(to, "install", request);
  }

  @Override
  public void registerInstallHandler(
      Function<InstallRequest, CompletableFuture<InstallResponse>> handler) {
    serve("install", InstallRequest.class, handler);
  }

  @Override
  public void unregisterInstallHandler() {
    handlers.remove("install");
  }

  @Override
  public CompletableFuture<TransferResponse> transfer(MemberId to, TransferRequest request) {
    return send(to, "transfer", request);
  }

  @Override
  public void registerTransferHandler(
      Function<TransferRequest, CompletableFuture<TransferResponse>> handler) {
    serve("transfer", TransferRequest.class, handler);
  }

  @Override
  public void unregisterTransferHandler() {
    handlers.remove("transfer");
  }

  @Override
  public CompletableFuture<PollResponse> poll(MemberId to, PollRequest request) {
    return send(to, "poll", request);
  }

  @Override
  public void registerPollHandler(Function<PollRequest, CompletableFuture<PollResponse>> handler) {
    serve("poll", PollRequest.class, handler);
  }

  @Override
  public void unregisterPollHandler() {
    handlers.remove("poll");
  }

  @Override
  public CompletableFuture<VoteResponse> vote(MemberId to, VoteRequest request) {
    return send(to, "vote", request);
  }

  @Override
  public void registerVoteHandler(Function<VoteRequest, CompletableFuture<VoteResponse>> handler) {
    serve("vote", VoteRequest.class, handler);
  }

  @Override
  public void unregisterVoteHandler() {
    handlers.remove("vote");
  }

  @Override
  public CompletableFuture<AppendResponse> append(MemberId to, AppendRequest request) {
    return send(to, "append", request);
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    serve("append", AppendRequest.class, handler);
  }

  @Override
  public void unregisterAppendHandler() {
    handlers.remove("append");
  }
}
