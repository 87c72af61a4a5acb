// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Admitted;
import io.rhizome.node.mesh.GrpcAcquaintances.Answer;
import io.rhizome.node.policy.Epochs;
import io.rhizome.node.policy.PolicySource;
import io.rhizome.node.policy.raft.AtomixPolicyStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What policy is done with.
 *
 * @param invite tells a node to take a vote beside those voters
 * @param acquaint tells a node of this node's epoch, and asks what it knows
 */
record PolicyPorts(
    PolicySource source,
    VoterOpening voters,
    BiConsumer<NodeId, SortedSet<NodeId>> invite,
    Function<NodeId, CompletionStage<Answer>> acquaint,
    Epochs epochs,
    Supplier<MembershipView> membership,
    Admitted admitted) {
  /** Makes this node a voter. */
  @FunctionalInterface
  interface VoterOpening {
    /**
     * Opens the voter of that directory; blocks on disk.
     *
     * @param epoch the label of the epoch that it votes in
     * @param beside the voters to join; empty where the directory knows, or to found
     * @param welcome nodes that may take a vote beside this one
     * @param gone voters that this node has seen gone for long enough to take their vote away
     */
    AtomixPolicyStore open(
        Path directory,
        String epoch,
        SortedSet<NodeId> beside,
        Predicate<NodeId> welcome,
        Predicate<NodeId> gone,
        ScheduledExecutorService thread)
        throws IOException;
  }
}
