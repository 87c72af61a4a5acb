// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyException.Code;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalGuard;

/** Lets the operators of this mesh write policy, and nobody else. Any thread. */
public final class RosterRules implements ProposalGuard {
  private final String mesh;
  private final Admitted admitted;

  /** Rules for the mesh of that id. */
  public RosterRules(String mesh, Admitted admitted) {
    this.mesh = mesh;
    this.admitted = admitted;
  }

  @Override
  public void check(PolicySnapshot policy, Proposal proposal) throws PolicyException {
    if (!proposal.mesh().equals(mesh)) {
      throw new PolicyException(
          Code.DENIED, "the proposal is for mesh %s, this is %s".formatted(proposal.mesh(), mesh));
    }
    Proof proof = proposal.proof();
    if (proof.by() != Proof.By.OPERATOR || !signedByOperator(proposal, proof)) {
      throw new PolicyException(Code.DENIED, "no operator of this mesh signed the proposal");
    }
  }

  private boolean signedByOperator(Proposal proposal, Proof proof) throws PolicyException {
    NodeId operator;
    try {
      operator = NodeId.parse(proof.subject());
    } catch (IllegalArgumentException e) {
      throw new PolicyException(Code.INVALID, "proof: " + e.getMessage(), e);
    }
    return admitted.isOperator(operator)
        && admitted.verify(operator, proposal.signedBytes().toArray(), proof.signature().toArray());
  }
}
