// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.impl.RaftContext;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a node without a vote asks for one. Any thread; nothing blocks. */
final class Join {
  private static final Logger log = LoggerFactory.getLogger(Join.class);
  private static final int ATTEMPTS = 30;

  /** For so long a node that began with nothing asks for a vote. */
  private static final long SECONDS = 40;

  private final RaftContext raft;
  private final Collection<MemberId> seeds;
  private final EarlyVote early;
  private final ScheduledExecutorService executor;
  private final BooleanSupplier closed;

  Join(
      RaftContext raft,
      Collection<MemberId> seeds,
      EarlyVote early,
      ScheduledExecutorService executor,
      BooleanSupplier closed) {
    this.raft = raft;
    this.seeds = seeds;
    this.early = early;
    this.executor = executor;
    this.closed = closed;
  }

  /**
   * Gives up after a while, where the node can be asked anew and nothing is lost with what it has.
   * That it has its vote counts, even where the answer that says so was lost.
   */
  CompletableFuture<Void> inTime(CompletableFuture<Void> ready) {
    CompletableFuture<Void> late = new CompletableFuture<>();
    onceLate(ready, late);
    return CompletableFuture.anyOf(patiently(), ready, late).thenAccept(first -> {});
  }

  /**
   * A node that may be counted already must not forget what it acknowledged: it asks on, whoever
   * leads by now.
   */
  private void onceLate(CompletableFuture<Void> ready, CompletableFuture<Void> late) {
    Runnable look =
        () -> {
          if (!early.mayBeCounted()) {
            late.completeExceptionally(new TimeoutException("no vote within " + SECONDS + " s"));
          } else if (!closed.getAsBoolean() && !ready.isDone()) {
            log.info("no answer within {} s: the vote is asked for again", SECONDS);
            var unused = raft.getCluster().join(seeds);
            onceLate(ready, late);
          }
        };
    var unused = executor.schedule(look, SECONDS, TimeUnit.SECONDS);
  }

  /**
   * The leader refuses a join, or the promotion that ends it, while another change is under way.
   */
  CompletableFuture<Void> patiently() {
    return join(ATTEMPTS);
  }

  private CompletableFuture<Void> join(int attempts) {
    return raft.getCluster()
        .join(seeds)
        .exceptionallyCompose(
            refused -> {
              boolean last = attempts <= 1 && !early.mayBeCounted();
              if (closed.getAsBoolean() || last) {
                return CompletableFuture.failedFuture(refused);
              }
              log.info("no vote yet: {}", refused.getMessage());
              Executor later =
                  CompletableFuture.delayedExecutor(
                      raft.getElectionTimeout().toNanos(), TimeUnit.NANOSECONDS, executor);
              return CompletableFuture.completedFuture(attempts - 1)
                  .thenComposeAsync(this::join, later);
            });
  }
}
