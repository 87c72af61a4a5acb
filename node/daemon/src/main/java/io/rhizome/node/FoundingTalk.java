// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.mesh.GrpcAcquaintances.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks others until {@link FoundingDecision} decides. On {@code thread} only. */
final class FoundingTalk {
  private static final Logger log = LoggerFactory.getLogger(FoundingTalk.class);
  private static final int MAX_ASKED = 16;
  private static final long AGAIN_MILLIS = 100;
  private static final long STRANDED_MILLIS = TimeUnit.SECONDS.toMillis(15);

  private final FoundingDecision founding;
  private final Acquaintances acquaintances;
  private final Supplier<MembershipView> membership;
  private final ScheduledExecutorService thread;
  private final Outcome outcome;
  private final long startedNanos = System.nanoTime();

  /**
   * What comes of it.
   *
   * @param moot whether this node has policy from elsewhere meanwhile
   */
  record Outcome(BooleanSupplier moot, Runnable found, Consumer<SortedSet<NodeId>> follow) {}

  /** Says nothing yet. */
  FoundingTalk(
      FoundingDecision founding,
      Acquaintances acquaintances,
      Supplier<MembershipView> membership,
      ScheduledExecutorService thread,
      Outcome outcome) {
    this.founding = founding;
    this.acquaintances = acquaintances;
    this.membership = membership;
    this.thread = thread;
    this.outcome = outcome;
  }

  /** Asks, and asks again. */
  void ask() {
    if (outcome.moot().getAsBoolean()) {
      return;
    }
    List<NodeId> usable = new ArrayList<>();
    membership.get().members().values().stream()
        .filter(member -> member.status().usable() && !member.id().equals(founding.self()))
        .limit(MAX_ASKED)
        .forEach(member -> usable.add(member.id()));
    var unused =
        acquaintances
            .askAll(usable)
            .thenAcceptAsync(answers -> onAnswers(usable.size(), answers), thread);
  }

  private void onAnswers(int asked, List<Answer> answers) {
    FoundingDecision.Verdict verdict =
        founding.decide(System.nanoTime() - startedNanos, asked, answers);
    if (verdict instanceof FoundingDecision.Verdict.Found) {
      outcome.found().run();
    } else if (verdict instanceof FoundingDecision.Verdict.Follow follow) {
      log.warn("policy has voters already: this node follows them and founds nothing");
      outcome.follow().accept(follow.voters());
    } else if (verdict instanceof FoundingDecision.Verdict.Stranded stranded) {
      log.error("{}", stranded.why());
      again(STRANDED_MILLIS);
    } else {
      again(AGAIN_MILLIS);
    }
  }

  private void again(long millis) {
    var unused = thread.schedule(this::ask, millis, TimeUnit.MILLISECONDS);
  }
}
