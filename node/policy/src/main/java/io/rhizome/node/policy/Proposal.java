// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.gossip.Bytes;
import java.util.List;

/**
 * A write: changes that are committed all or none. It carries its own proof, so that it matters
 * neither who passes it on nor how often. Immutable.
 *
 * @param id names it; a repetition gets the first one's answer
 * @param mesh the id of the mesh that it is for, so that it counts nowhere else
 * @param basis the policy version that its author saw; it is refused once the record after that is
 *     no longer remembered
 * @param changes 1 to {@link PolicyLimits#MAX_CHANGES}, no key twice
 * @param proof why it may be believed
 */
public record Proposal(ProposalId id, String mesh, long basis, List<Change> changes, Proof proof) {
  public Proposal {
    changes = List.copyOf(changes);
    if (changes.isEmpty() || changes.size() > PolicyLimits.MAX_CHANGES) {
      throw new IllegalArgumentException(
          "a proposal has 1 to %d changes, not %d"
              .formatted(PolicyLimits.MAX_CHANGES, changes.size()));
    }
    if (changes.stream().map(Change::key).distinct().count() != changes.size()) {
      throw new IllegalArgumentException("a proposal changes a resource twice");
    }
  }

  /** What an operator or a node signs: everything but the proof, in a fixed form. */
  public Bytes signedBytes() {
    return PolicyCodec.signedBytes(this);
  }
}
