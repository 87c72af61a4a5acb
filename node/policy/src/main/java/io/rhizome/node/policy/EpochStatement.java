// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import java.util.List;

/**
 * An operator's word that the voters up to now are lost for good, and that one node goes on alone
 * with what it has. It takes the vote of every voter before. Immutable.
 *
 * @param mesh the id of the mesh that it is for, so that it counts nowhere else
 * @param number counts such words from 1; 0 is the time before the first
 * @param node who goes on
 * @param operator whose key signed {@link #signedBytes}
 * @param signature at most {@link PolicyLimits#MAX_PROOF_BYTES}
 */
public record EpochStatement(
    String mesh, long number, NodeId node, NodeId operator, Bytes signature) {
  /**
   * Versions of a new epoch begin at the next multiple, so none of the lost voters' is met again.
   */
  static final long VERSIONS = 1_000_000;

  public EpochStatement {
    if (number < 1) {
      throw new IllegalArgumentException("epoch " + number);
    }
    if (mesh.length() > PolicyLimits.MAX_SUBJECT_CHARS
        || signature.size() > PolicyLimits.MAX_PROOF_BYTES) {
      throw new IllegalArgumentException("an epoch statement that is too long");
    }
  }

  /** What the operator signs. */
  public Bytes signedBytes() {
    return PolicyCodec.signedBytes(this);
  }

  /**
   * Names the epoch: its number and its node, in ASCII. Two operators may choose the same number;
   * then the higher node id counts, everywhere.
   */
  public String label() {
    return number + " " + node;
  }

  /** Whether whoever believed {@code other} must believe this from now on. */
  boolean supersedes(EpochStatement other) {
    return number != other.number ? number > other.number : node.compareTo(other.node) > 0;
  }

  /**
   * Where the new epoch's history begins: all resources as they are, and one record that says who
   * ordered it and when. What was recorded before is forgotten, for the lost voters may have
   * recorded more.
   *
   * @param last what the node has
   * @param id a new one
   * @param stampMillis wall clock, Unix milliseconds
   */
  public PolicyImage begin(PolicyImage last, ProposalId id, long stampMillis) {
    long version = Math.max(last.snapshot().version() / VERSIONS + 1, number) * VERSIONS;
    PolicyRecord order =
        new PolicyRecord(version, id, "operator:" + operator, stampMillis, List.of());
    return new PolicyImage(
        new PolicySnapshot(version, last.snapshot().resources()), List.of(order));
  }
}
