// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.gossip.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** Policy of one node and one process, for tests: nothing of it survives. */
public final class InMemoryPolicyStore implements PolicyStore {
  private final NodeId self;
  private final ProposalGuard guard;
  private final LongSupplier wallMillis;
  private final PolicyMachine machine = new PolicyMachine(PolicyImage.EMPTY);
  private final PolicyFeed feed = new PolicyFeed(PolicyImage.EMPTY);

  /** A store whose only voter is this node. */
  public InMemoryPolicyStore(NodeId self, ProposalGuard guard, LongSupplier wallMillis) {
    this.self = self;
    this.guard = guard;
    this.wallMillis = wallMillis;
  }

  @Override
  public synchronized CompletionStage<Long> propose(Proposal proposal) {
    try {
      Proposal read = PolicyCodec.proposal(PolicyCodec.encode(proposal));
      guard.check(snapshot(), read);
      return CompletableFuture.completedFuture(committed(read));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(
          new PolicyException(PolicyException.Code.INVALID, String.valueOf(e.getMessage()), e));
    } catch (PolicyException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private long committed(Proposal proposal) throws PolicyException {
    Decision decision = machine.decide(proposal, wallMillis.getAsLong());
    if (decision instanceof Decision.Refused refused) {
      throw new PolicyException(refused.code(), refused.message());
    }
    if (decision instanceof Decision.Repeated repeated) {
      return repeated.version();
    }
    PolicyRecord record = ((Decision.Commit) decision).record();
    machine.replay(record);
    feed.onRecord(record, machine.image());
    return record.version();
  }

  @Override
  public PolicyImage image() {
    return feed.image();
  }

  @Override
  public Runnable watch(long after, PolicyWatcher watcher) {
    return feed.watch(after, watcher);
  }

  @Override
  public PolicyStatus status() {
    return new PolicyStatus(
        PolicyStatus.Role.LEADER, List.of(self), Optional.of(self), 1, snapshot().version(), 0);
  }

  @Override
  public void close() {}
}
