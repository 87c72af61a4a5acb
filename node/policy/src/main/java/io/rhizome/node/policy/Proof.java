// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.gossip.Bytes;

/**
 * Why a proposal may be believed. Checked by whoever replicates it, see {@link ProposalGuard};
 * having one of these says nothing. Immutable.
 *
 * @param by what kind of key vouches
 * @param subject whose: an operator's or a node's id (52 base32 characters), a token's id
 * @param statement what the key signed besides, empty where it signed {@link
 *     Proposal#signedBytes()}; at most {@link PolicyLimits#MAX_PROOF_BYTES}
 * @param signature at most {@link PolicyLimits#MAX_PROOF_BYTES}
 */
public record Proof(By by, String subject, Bytes statement, Bytes signature) {
  /** What kind of key vouches. */
  public enum By {
    /** An operator's key signed the proposal. */
    OPERATOR,
    /** An admitted node's key signed the proposal. */
    NODE,
    /** A join token's key signed the joiner's statement. */
    TOKEN
  }

  public Proof {
    if (subject.length() > PolicyLimits.MAX_SUBJECT_CHARS
        || statement.size() > PolicyLimits.MAX_PROOF_BYTES
        || signature.size() > PolicyLimits.MAX_PROOF_BYTES) {
      throw new IllegalArgumentException("a proof that is too long");
    }
  }

  /** How records name whoever vouched, such as {@code operator:abc...}. */
  public String author() {
    return switch (by) {
      case OPERATOR -> "operator:" + subject;
      case NODE -> "node:" + subject;
      case TOKEN -> "token:" + subject;
    };
  }
}
