// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import java.util.List;

/**
 * A committed proposal. Immutable.
 *
 * @param version the policy version that it made; versions count records from 1
 * @param id the proposal's
 * @param author whoever vouched, see {@link Proof#author}
 * @param stampMillis the leader's wall clock, Unix milliseconds: for people, never for decisions
 * @param changes what it put and deleted, none where it begins an epoch; what each change expected
 *     is kept as it was proposed
 */
public record PolicyRecord(
    long version, ProposalId id, String author, long stampMillis, List<Change> changes) {
  public PolicyRecord {
    changes = List.copyOf(changes);
  }

  /** Whether it changes nothing but says that policy was recovered, see {@link EpochStatement}. */
  public boolean beginsEpoch() {
    return version % EpochStatement.VERSIONS == 0 && changes.isEmpty();
  }
}
