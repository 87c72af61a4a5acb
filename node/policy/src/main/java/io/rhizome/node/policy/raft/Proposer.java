// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.primitive.operation.OperationId;
import io.atomix.primitive.operation.PrimitiveOperation;
import io.atomix.primitive.service.ServiceConfig;
import io.atomix.protocols.raft.RaftError;
import io.atomix.protocols.raft.ReadConsistency;
import io.atomix.protocols.raft.protocol.CloseSessionRequest;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.CommandResponse;
import io.atomix.protocols.raft.protocol.OpenSessionRequest;
import io.atomix.protocols.raft.protocol.OpenSessionResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.utils.serializer.Serializer;
import io.rhizome.gossip.Bytes;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One Raft client session at a time with whoever leads. Sessions are not kept alive: one that the
 * leader no longer knows, or in which anything went wrong, is left for a new one, and the same
 * proposal is sent again; its id makes that safe. Any thread.
 */
final class Proposer {
  private static final Duration SESSION = Duration.ofMinutes(10);

  /** The leader remembers each answer for as long as the session lasts. */
  private static final int MAX_COMMANDS = 512;

  private final MemberId self;
  private final RaftServerProtocol protocol;
  private final PolicyReplica replica;
  private @Nullable CompletableFuture<Session> session;

  Proposer(MemberId self, RaftServerProtocol protocol, PolicyReplica replica) {
    this.self = self;
    this.protocol = protocol;
    this.replica = replica;
  }

  private record Session(long id, AtomicLong sequence) {}

  /** What became of one attempt. */
  sealed interface Outcome {
    /** The state machine's answer. */
    record Answered(Bytes answer) implements Outcome {}

    /** A voter would not have it: the code's name, a space, and why. */
    record Refused(String why) implements Outcome {}

    /** Nothing was answered; {@code sent} where it may be committed all the same. */
    record Failed(boolean sent, String why) implements Outcome {}
  }

  /** Sends it once to that leader. */
  CompletableFuture<Outcome> attempt(MemberId leader, byte[] proposal) {
    return attempt(leader, PolicyReplica.PROPOSE, proposal);
  }

  /** Sends that operation once to that leader. */
  CompletableFuture<Outcome> attempt(MemberId leader, OperationId operation, byte[] value) {
    return session(leader)
        .thenCompose(open -> command(leader, open, operation, value))
        .exceptionally(error -> new Outcome.Failed(false, String.valueOf(error.getMessage())));
  }

  private CompletableFuture<Outcome> command(
      MemberId leader, Session open, OperationId operation, byte[] value) {
    CommandRequest request =
        CommandRequest.builder()
            .withSession(open.id)
            .withSequence(open.sequence.incrementAndGet())
            .withOperation(PrimitiveOperation.operation(operation, value))
            .build();
    return protocol
        .command(leader, request)
        .handle(
            (response, error) -> {
              Outcome outcome =
                  error == null
                      ? outcome(response)
                      : new Outcome.Failed(true, String.valueOf(error.getMessage()));
              if (!(outcome instanceof Outcome.Answered)) {
                forget(open);
              }
              return outcome;
            });
  }

  private static Outcome outcome(CommandResponse response) {
    if (response.status() == RaftResponse.Status.OK) {
      return new Outcome.Answered(Bytes.of(response.result()));
    }
    RaftError error = response.error();
    if (error == null) {
      return new Outcome.Failed(true, "no reason was given");
    }
    if (error.type() == RaftError.Type.APPLICATION_ERROR && error.message() != null) {
      return new Outcome.Refused(error.message());
    }
    return new Outcome.Failed(error.type() != RaftError.Type.UNKNOWN_SESSION, error.toString());
  }

  private synchronized CompletableFuture<Session> session(MemberId leader) {
    CompletableFuture<Session> current = session;
    if (current != null && current.isDone()) {
      if (current.isCompletedExceptionally()) {
        current = null;
      } else if (current.join().sequence.get() >= MAX_COMMANDS) {
        close(leader, current.join());
        current = null;
      }
    }
    if (current == null) {
      current = open(leader);
      session = current;
    }
    return current;
  }

  private synchronized void forget(Session failed) {
    if (session != null
        && session.isDone()
        && !session.isCompletedExceptionally()
        && session.join().id == failed.id) {
      session = null;
    }
  }

  private CompletableFuture<Session> open(MemberId leader) {
    OpenSessionRequest request =
        OpenSessionRequest.builder()
            .withMemberId(self)
            .withServiceName(PolicyReplica.NAME)
            .withServiceType(replica)
            .withServiceConfig(Serializer.using(replica.namespace()).encode(new ServiceConfig()))
            .withReadConsistency(ReadConsistency.LINEARIZABLE)
            .withMinTimeout(SESSION.toMillis())
            .withMaxTimeout(SESSION.toMillis())
            .build();
    return protocol.openSession(leader, request).thenCompose(Proposer::opened);
  }

  private static CompletableFuture<Session> opened(OpenSessionResponse response) {
    return response.status() == RaftResponse.Status.OK
        ? CompletableFuture.completedFuture(new Session(response.session(), new AtomicLong()))
        : CompletableFuture.failedFuture(new ConnectException("no session: " + response.error()));
  }

  /** Left to its time-out where this does not arrive. */
  private void close(MemberId leader, Session old) {
    var unused =
        protocol.closeSession(leader, CloseSessionRequest.builder().withSession(old.id).build());
  }
}
