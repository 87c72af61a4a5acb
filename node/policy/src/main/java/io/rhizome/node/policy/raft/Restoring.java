// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyException.Code;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.raft.Proposer.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Commits an image as the beginning of a lone voter's policy, part after part. Any thread. */
final class Restoring {
  private static final int MAX_FAILURES = 200;
  private static final long RETRY_MILLIS = 50;

  private final Voter voter;
  private final Proposer proposer;
  private final ScheduledExecutorService scheduler;
  private final List<byte[]> parts;
  private final long version;
  private final CompletableFuture<Void> result = new CompletableFuture<>();
  private final AtomicInteger failures = new AtomicInteger();

  Restoring(Voter voter, Proposer proposer, ScheduledExecutorService scheduler, PolicyImage image) {
    this.voter = voter;
    this.proposer = proposer;
    this.scheduler = scheduler;
    this.parts = RestoredParts.of(PolicyCodec.encode(image));
    this.version = image.snapshot().version();
  }

  CompletableFuture<Void> start() {
    send(0);
    return result;
  }

  private void send(int part) {
    if (!voter.isLeader()) {
      again("it does not lead yet");
      return;
    }
    MemberId self = voter.self();
    var unused =
        proposer
            .attempt(self, PolicyReplica.RESTORE, parts.get(part))
            .thenAccept(outcome -> onOutcome(part, outcome));
  }

  private void onOutcome(int part, Outcome outcome) {
    if (outcome instanceof Outcome.Failed failed) {
      again(failed.why());
    } else if (outcome instanceof Outcome.Refused refused) {
      result.completeExceptionally(Answer.refusal(refused.why()));
    } else if (voter.replica().feed().image().snapshot().version() == version) {
      result.complete(null);
    } else {
      onAnswer(part, ((Outcome.Answered) outcome).answer().toArray());
    }
  }

  private void onAnswer(int part, byte[] answer) {
    try {
      Answer.read(answer);
    } catch (PolicyException e) {
      result.completeExceptionally(e);
      return;
    }
    if (part + 1 < parts.size()) {
      send(part + 1);
    } else {
      again("the last part did not complete it");
    }
  }

  /** From the first part on: what the others became is not known. */
  private void again(String why) {
    Throwable stopped = voter.failure().cause();
    if (stopped != null || failures.incrementAndGet() > MAX_FAILURES) {
      String reason = stopped == null ? why : String.valueOf(stopped.getMessage());
      result.completeExceptionally(
          new PolicyException(Code.FAILED, "policy cannot begin anew: " + reason));
      return;
    }
    var unused = scheduler.schedule(() -> send(0), RETRY_MILLIS, TimeUnit.MILLISECONDS);
  }
}
