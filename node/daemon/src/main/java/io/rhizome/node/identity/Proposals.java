// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.gossip.Bytes;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyLimits;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import java.util.List;

/** Proposals that a node's or an operator's key vouches for. */
public final class Proposals {
  private Proposals() {}

  /**
   * Signs these changes; {@link ConfigException} where they are too large to be committed at once.
   *
   * @param by in which role the signer signs
   * @param basis the policy version that its author saw
   */
  public static Proposal sign(
      Identity signer, Proof.By by, ProposalId id, String mesh, long basis, List<Change> changes) {
    String subject = signer.nodeId().toString();
    Proof unsigned = new Proof(by, subject, Bytes.EMPTY, Bytes.EMPTY);
    Proposal draft = new Proposal(id, mesh, basis, changes, unsigned);
    Bytes signature = Bytes.of(signer.sign(draft.signedBytes().toArray()));
    Proposal signed =
        new Proposal(id, mesh, basis, changes, new Proof(by, subject, Bytes.EMPTY, signature));
    int size = PolicyCodec.encode(signed).length;
    if (size > PolicyLimits.MAX_PROPOSAL_BYTES) {
      throw new ConfigException(
          "the changes have %d bytes together; at most %d are committed at once: apply them in parts"
              .formatted(size, PolicyLimits.MAX_PROPOSAL_BYTES));
    }
    return signed;
  }
}
