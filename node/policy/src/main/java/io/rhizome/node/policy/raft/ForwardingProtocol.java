// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.primitive.session.SessionId;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/** Passes everything on; a guard overrides what it guards. */
abstract class ForwardingProtocol implements RaftServerProtocol {
  private final RaftServerProtocol next;

  ForwardingProtocol(RaftServerProtocol next) {
    this.next = next;
  }

  @Override
  public CompletableFuture<OpenSessionResponse> openSession(
      MemberId to, OpenSessionRequest request) {
    return next.openSession(to, request);
  }

  @Override
  public CompletableFuture<CloseSessionResponse> closeSession(
      MemberId to, CloseSessionRequest request) {
    return next.closeSession(to, request);
  }

  @Override
  public CompletableFuture<KeepAliveResponse> keepAlive(MemberId to, KeepAliveRequest request) {
    return next.keepAlive(to, request);
  }

  @Override
  public CompletableFuture<QueryResponse> query(MemberId to, QueryRequest request) {
    return next.query(to, request);
  }

  @Override
  public CompletableFuture<CommandResponse> command(MemberId to, CommandRequest request) {
    return next.command(to, request);
  }

  @Override
  public CompletableFuture<MetadataResponse> metadata(MemberId to, MetadataRequest request) {
    return next.metadata(to, request);
  }

  @Override
  public CompletableFuture<JoinResponse> join(MemberId to, JoinRequest request) {
    return next.join(to, request);
  }

  @Override
  public CompletableFuture<LeaveResponse> leave(MemberId to, LeaveRequest request) {
    return next.leave(to, request);
  }

  @Override
  public CompletableFuture<ConfigureResponse> configure(MemberId to, ConfigureRequest request) {
    return next.configure(to, request);
  }

  @Override
  public CompletableFuture<ReconfigureResponse> reconfigure(
      MemberId to, ReconfigureRequest request) {
    return next.reconfigure(to, request);
  }

  @Override
  public CompletableFuture<InstallResponse> install(MemberId to, InstallRequest request) {
    return next.install(to, request);
  }

  @Override
  public CompletableFuture<TransferResponse> transfer(MemberId to, TransferRequest request) {
    return next.transfer(to, request);
  }

  @Override
  public CompletableFuture<PollResponse> poll(MemberId to, PollRequest request) {
    return next.poll(to, request);
  }

  @Override
  public CompletableFuture<VoteResponse> vote(MemberId to, VoteRequest request) {
    return next.vote(to, request);
  }

  @Override
  public CompletableFuture<AppendResponse> append(MemberId to, AppendRequest request) {
    return next.append(to, request);
  }

  @Override
  public CompletableFuture<HeartbeatResponse> heartbeat(MemberId to, HeartbeatRequest request) {
    return next.heartbeat(to, request);
  }

  @Override
  public void registerOpenSessionHandler(
      Function<OpenSessionRequest, CompletableFuture<OpenSessionResponse>> handler) {
    next.registerOpenSessionHandler(handler);
  }

  @Override
  public void unregisterOpenSessionHandler() {
    next.unregisterOpenSessionHandler();
  }

  @Override
  public void registerCloseSessionHandler(
      Function<CloseSessionRequest, CompletableFuture<CloseSessionResponse>> handler) {
    next.registerCloseSessionHandler(handler);
  }

  @Override
  public void unregisterCloseSessionHandler() {
    next.unregisterCloseSessionHandler();
  }

  @Override
  public void registerKeepAliveHandler(
      Function<KeepAliveRequest, CompletableFuture<KeepAliveResponse>> handler) {
    next.registerKeepAliveHandler(handler);
  }

  @Override
  public void unregisterKeepAliveHandler() {
    next.unregisterKeepAliveHandler();
  }

  @Override
  public void registerQueryHandler(
      Function<QueryRequest, CompletableFuture<QueryResponse>> handler) {
    next.registerQueryHandler(handler);
  }

  @Override
  public void unregisterQueryHandler() {
    next.unregisterQueryHandler();
  }

  @Override
  public void registerCommandHandler(
      Function<CommandRequest, CompletableFuture<CommandResponse>> handler) {
    next.registerCommandHandler(handler);
  }

  @Override
  public void unregisterCommandHandler() {
    next.unregisterCommandHandler();
  }

  @Override
  public void registerMetadataHandler(
      Function<MetadataRequest, CompletableFuture<MetadataResponse>> handler) {
    next.registerMetadataHandler(handler);
  }

  @Override
  public void unregisterMetadataHandler() {
    next.unregisterMetadataHandler();
  }

  @Override
  public void registerJoinHandler(Function<JoinRequest, CompletableFuture<JoinResponse>> handler) {
    next.registerJoinHandler(handler);
  }

  @Override
  public void unregisterJoinHandler() {
    next.unregisterJoinHandler();
  }

  @Override
  public void registerLeaveHandler(
      Function<LeaveRequest, CompletableFuture<LeaveResponse>> handler) {
    next.registerLeaveHandler(handler);
  }

  @Override
  public void unregisterLeaveHandler() {
    next.unregisterLeaveHandler();
  }

  @Override
  public void registerConfigureHandler(
      Function<ConfigureRequest, CompletableFuture<ConfigureResponse>> handler) {
    next.registerConfigureHandler(handler);
  }

  @Override
  public void unregisterConfigureHandler() {
    next.unregisterConfigureHandler();
  }

  @Override
  public void registerReconfigureHandler(
      Function<ReconfigureRequest, CompletableFuture<ReconfigureResponse>> handler) {
    next.registerReconfigureHandler(handler);
  }

  @Override
  public void unregisterReconfigureHandler() {
    next.unregisterReconfigureHandler();
  }

  @Override
  public void registerInstallHandler(
      Function<InstallRequest, CompletableFuture<InstallResponse>> handler) {
    next.registerInstallHandler(handler);
  }

  @Override
  public void unregisterInstallHandler() {
    next.unregisterInstallHandler();
  }

  @Override
  public void registerTransferHandler(
      Function<TransferRequest, CompletableFuture<TransferResponse>> handler) {
    next.registerTransferHandler(handler);
  }

  @Override
  public void unregisterTransferHandler() {
    next.unregisterTransferHandler();
  }

  @Override
  public void registerPollHandler(Function<PollRequest, CompletableFuture<PollResponse>> handler) {
    next.registerPollHandler(handler);
  }

  @Override
  public void unregisterPollHandler() {
    next.unregisterPollHandler();
  }

  @Override
  public void registerVoteHandler(Function<VoteRequest, CompletableFuture<VoteResponse>> handler) {
    next.registerVoteHandler(handler);
  }

  @Override
  public void unregisterVoteHandler() {
    next.unregisterVoteHandler();
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    next.registerAppendHandler(handler);
  }

  @Override
  public void unregisterAppendHandler() {
    next.unregisterAppendHandler();
  }

  @Override
  public void publish(MemberId to, PublishRequest request) {
    next.publish(to, request);
  }

  @Override
  public void registerResetListener(
      SessionId session, Consumer<ResetRequest> listener, Executor executor) {
    next.registerResetListener(session, listener, executor);
  }

  @Override
  public void unregisterResetListener(SessionId session) {
    next.unregisterResetListener(session);
  }
}
