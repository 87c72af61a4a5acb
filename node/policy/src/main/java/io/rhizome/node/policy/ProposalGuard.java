// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

/**
 * Says whether a proposal may be made. Every voter asks it before it replicates a proposal that it
 * got from anywhere. Any thread; does not block.
 */
@FunctionalInterface
public interface ProposalGuard {
  /**
   * Passes a proposal that its proof allows in the light of that policy.
   *
   * @throws PolicyException {@code DENIED} or {@code INVALID}
   */
  void check(PolicySnapshot policy, Proposal proposal) throws PolicyException;
}
