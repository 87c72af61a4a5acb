// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.PolicySource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Hears from one voter who votes, and nothing else.
 *
 * @param heard completes when the voter has spoken, or will not
 * @param voters told who votes, if the voter is in touch with a majority
 */
record VoteQuestion(CompletableFuture<Void> heard, Consumer<List<NodeId>> voters)
    implements PolicySource.Listener {
  private static final long PATIENCE_SECONDS = 5;

  /** Asks those, once, and waits for neither. */
  static void ask(PolicySource source, Collection<NodeId> nodes, Consumer<List<NodeId>> hear) {
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
  public void onVoters(List<NodeId> known, boolean current) {
    if (current) {
      voters.accept(known);
    }
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
