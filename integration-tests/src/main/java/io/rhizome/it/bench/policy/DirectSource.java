// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicySource;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.PolicyWatcher;
import io.rhizome.node.policy.Proposal;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** One voter within this process, and how many messages pass. Any thread. */
final class DirectSource implements PolicySource {
  private final NodeId id;
  private final PolicyStore voter;
  private final AtomicLong messages = new AtomicLong();

  DirectSource(NodeId id, PolicyStore voter) {
    this.id = id;
    this.voter = voter;
  }

  /** How many have passed, either way. */
  long messages() {
    return messages.get();
  }

  @Override
  public Runnable follow(NodeId from, long after, Listener listener) {
    messages.addAndGet(2);
    listener.onVoting(new Voting(List.of(id), true, 1));
    return voter.watch(
        after,
        new PolicyWatcher() {
          @Override
          public void onRecord(PolicyRecord record) {
            messages.incrementAndGet();
            listener.onRecord(record);
          }

          @Override
          public void onSnapshot(PolicySnapshot now) {
            messages.incrementAndGet();
            listener.onImage(voter.image());
          }
        });
  }

  @Override
  public CompletionStage<Long> propose(NodeId to, Proposal proposal) {
    messages.addAndGet(2);
    return voter.propose(proposal);
  }
}
