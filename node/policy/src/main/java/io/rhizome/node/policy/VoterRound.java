// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.PolicyException.Code;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One proposal's way from a node without a vote to the voters. Any thread.
 *
 * <p>Goals: one voter is asked where that is enough; where a majority is gone, the author is told
 * within {@link #VERDICT_MILLIS}; where a voter may still find a leader, it is waited for.
 * Algorithm: one voter is asked first; once it has failed, or said nothing for {@link
 * #PATIENCE_MILLIS}, all others are asked at the same time, for a proposal commits once however
 * often it is sent. Whoever commits it, or refuses it for a reason, decides. From the verdict's
 * time on one voter that sees no quorum is enough, else the last answer. Example: of voters a, b
 * and c only a is up; b is asked and is silent, so a and c are asked; a says at 2 s that two are
 * missing, and at 2.8 s so is the author.
 */
final class VoterRound {
  static final long PATIENCE_MILLIS = 250;
  static final long VERDICT_MILLIS = 2_800;

  private final PolicySource source;
  private final Proposal proposal;
  private final List<NodeId> unasked;
  private final SortedSet<NodeId> silent = new TreeSet<>();
  private final List<String> reasons = new ArrayList<>();
  private final CompletableFuture<Long> result = new CompletableFuture<>();
  private boolean sawNoQuorum;
  private boolean maybeCommitted;
  private boolean verdictDue;

  private VoterRound(PolicySource source, Proposal proposal, List<NodeId> voters) {
    this.source = source;
    this.proposal = proposal;
    this.unasked = new ArrayList<>(voters);
  }

  /** The version that these voters gave it; or a {@link PolicyException}. */
  static CompletionStage<Long> propose(
      PolicySource source,
      Proposal proposal,
      List<NodeId> voters,
      ScheduledExecutorService scheduler) {
    if (voters.isEmpty()) {
      return CompletableFuture.failedFuture(
          new PolicyException(Code.NO_QUORUM, "no voter is known to this node yet"));
    }
    VoterRound round = new VoterRound(source, proposal, voters);
    try {
      var others = scheduler.schedule(round::askOthers, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      var verdict = scheduler.schedule(round::onVerdict, VERDICT_MILLIS, TimeUnit.MILLISECONDS);
      round.ask(1);
      var unused =
          round.result.whenComplete(
              (version, failure) -> {
                others.cancel(false);
                verdict.cancel(false);
              });
      return round.result;
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new PolicyException(Code.FAILED, "policy is closed", e));
    }
  }

  private void askOthers() {
    ask(Integer.MAX_VALUE);
  }

  private void ask(int atMost) {
    List<NodeId> now;
    synchronized (this) {
      if (result.isDone()) {
        return;
      }
      List<NodeId> next = unasked.subList(0, Math.min(atMost, unasked.size()));
      now = List.copyOf(next);
      next.clear();
      silent.addAll(now);
    }
    for (NodeId voter : now) {
      var unused =
          source
              .propose(voter, proposal)
              .whenComplete((version, failure) -> onAnswer(voter, version, failure));
    }
  }

  private void onAnswer(NodeId voter, @Nullable Long version, @Nullable Throwable failure) {
    if (failure == null) {
      result.complete(version);
      return;
    }
    Throwable cause = PolicyException.cause(failure);
    if (cause instanceof PolicyException refused
        && refused.code() != Code.NO_QUORUM
        && refused.code() != Code.UNKNOWN) {
      result.completeExceptionally(refused);
      return;
    }
    synchronized (this) {
      silent.remove(voter);
      reasons.add(voter.shortName() + ": " + cause.getMessage());
      if (cause instanceof PolicyException unsure) {
        sawNoQuorum = true;
        maybeCommitted |= unsure.code() == Code.UNKNOWN;
      }
    }
    askOthers();
    decide();
  }

  private void onVerdict() {
    synchronized (this) {
      verdictDue = true;
    }
    decide();
  }

  private void decide() {
    PolicyException verdict;
    synchronized (this) {
      if (!silent.isEmpty() && !(verdictDue && sawNoQuorum)) {
        return;
      }
      Collections.sort(reasons);
      List<String> all = new ArrayList<>(reasons);
      silent.forEach(voter -> all.add(voter.shortName() + ": no answer yet"));
      String why = String.join("; ", all);
      verdict =
          maybeCommitted || !silent.isEmpty()
              ? new PolicyException(Code.UNKNOWN, "it may or may not be committed; " + why)
              : new PolicyException(Code.NO_QUORUM, why);
    }
    result.completeExceptionally(verdict);
  }
}
