// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.gossip.NodeId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Reaches voters. Calls do not block; they may fail, and what a voter sends may stop coming without
 * a word. Nothing is reordered or repeated within one {@link #follow}.
 */
public interface PolicySource {
  /**
   * Who has a vote, as one voter knows it.
   *
   * @param voters ordered by id
   * @param current whether it is in touch with a majority
   * @param leadsIn the Raft term that it leads in; 0 where it does not lead
   */
  record Voting(List<NodeId> voters, boolean current, long leadsIn) {
    public Voting {
      voters = List.copyOf(voters);
    }
  }

  /** What a voter sends. Called one at a time; must not block. */
  interface Listener {
    /** Who has a vote; first of all, and on change. */
    void onVoting(Voting voting);

    /** All that it knows, to go on from. */
    void onImage(PolicyImage image);

    /** The next record. */
    void onRecord(PolicyRecord record);

    /** Nothing more comes. */
    void onEnd(String why);
  }

  /**
   * Asks a voter for everything after that version, now and in future.
   *
   * @return gives it up; the listener may still be told a little more
   */
  Runnable follow(NodeId voter, long after, Listener listener);

  /**
   * Asks a voter to write; a {@link PolicyException}, or an IOException where it cannot be reached.
   */
  CompletionStage<Long> propose(NodeId voter, Proposal proposal);
}
