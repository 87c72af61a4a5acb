// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.raft.AtomixPolicyStore;
import java.util.Collection;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what {@link Growth} decided. Does not block. */
final class VoteChange {
  private static final Logger log = LoggerFactory.getLogger(VoteChange.class);

  private VoteChange() {}

  /** Makes that change to those voters, of which {@code leading} leads, if it still does. */
  static void make(
      Growth.Step step,
      Collection<NodeId> voters,
      PolicyPorts ports,
      @Nullable AtomixPolicyStore leading) {
    if (step instanceof Growth.Step.Invite invite) {
      log.info("node {} is asked to vote on policy too", invite.node().shortName());
      ports.invite().accept(invite.node(), new TreeSet<>(voters));
    } else if (step instanceof Growth.Step.Remove remove && leading != null) {
      remove(remove.node(), leading);
    }
  }

  private static void remove(NodeId gone, AtomixPolicyStore leading) {
    log.warn(
        "node {} has been gone for long, or was revoked, and loses its vote on policy",
        gone.shortName());
    var unused =
        leading
            .remove(gone)
            .whenComplete(
                (removed, failure) -> {
                  if (failure != null) {
                    log.warn("it keeps its vote for now: {}", failure.getMessage());
                  }
                });
  }
}
