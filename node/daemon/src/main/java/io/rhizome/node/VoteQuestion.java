// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.PolicySource;
import io.rhizome.node.policy.PolicySource.Voting;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Hears from one voter who votes, and nothing else.
 *
 * @param heard completes when the voter has spoken, or will not
 * @param hear told what the voter says
 */
record VoteQuestion(CompletableFuture<Void> heard, Consumer<Voting> hear)
    implements PolicySource.Listener {
  private static final long PATIENCE_SECONDS = 5;

  /** Asks those, once, and waits for neither. */
  static void ask(PolicySource source, Collection<NodeId> nodes, Consumer<Voting> hear) {
    for (NodeId node : nodes) {
      CompletableFuture<Void> heard = new CompletableFuture<>();
      Runnable giveUp = source.follow(node, Long.MAX_VALUE, new VoteQuestion(heard, hear));
      var unused =
          heard
              .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
              .whenComplete((done, failure) -> giveUp.run());
    }
  }

  @Override
  public void onVoting(Voting voting) {
    hear.accept(voting);
    heard.complete(null);
  }

  @Override
  public void onImage(PolicyImage image) {}

  @Override
  public void onRecord(PolicyRecord record) {}

  @Override
  public void onEnd(String why) {
    heard.complete(null);
  }
}
