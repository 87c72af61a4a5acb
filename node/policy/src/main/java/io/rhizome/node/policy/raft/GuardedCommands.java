// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.primitive.operation.PrimitiveOperation;
import io.atomix.protocols.raft.RaftError;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.CommandResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.ProposalGuard;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Guard: a voter passes on, and a leader appends, only proposals that their proof allows. */
final class GuardedCommands extends ForwardingProtocol {
  private final ProposalGuard guard;
  private final Supplier<PolicySnapshot> policy;
  private final LogForce log;

  GuardedCommands(
      RaftServerProtocol next, ProposalGuard guard, Supplier<PolicySnapshot> policy, LogForce log) {
    super(next);
    this.guard = guard;
    this.policy = policy;
    this.log = log;
  }

  @Override
  public void registerCommandHandler(
      Function<CommandRequest, CompletableFuture<CommandResponse>> handler) {
    super.registerCommandHandler(
        request -> {
          try {
            log.checkRoom();
            check(request.operation());
          } catch (PolicyException e) {
            return refused(e.code(), e);
          } catch (IllegalArgumentException e) {
            return refused(PolicyException.Code.INVALID, e);
          } catch (IllegalStateException e) {
            return refused(PolicyException.Code.FAILED, e);
          }
          return handler.apply(request);
        });
  }

  /** Who may begin policy anew, {@link Senders} has checked: this node only. */
  private void check(PrimitiveOperation operation) throws PolicyException {
    if (operation.id().equals(PolicyReplica.PROPOSE)) {
      guard.check(policy.get(), PolicyCodec.proposal(operation.value()));
    } else if (!operation.id().equals(PolicyReplica.RESTORE)) {
      throw new IllegalArgumentException("unknown operation");
    }
  }

  private static CompletableFuture<CommandResponse> refused(
      PolicyException.Code code, Exception why) {
    return CompletableFuture.completedFuture(
        CommandResponse.builder()
            .withStatus(RaftResponse.Status.ERROR)
            .withError(RaftError.Type.APPLICATION_ERROR, code + " " + why.getMessage())
            .build());
  }
}
