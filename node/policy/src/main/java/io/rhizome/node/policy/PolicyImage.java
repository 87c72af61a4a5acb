// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import java.util.List;

/**
 * All that a {@link PolicyMachine} knows, to go on from elsewhere. Immutable.
 *
 * @param snapshot what is in force
 * @param records the last ones, oldest first; the last one's version is the snapshot's
 */
public record PolicyImage(PolicySnapshot snapshot, List<PolicyRecord> records) {
  /** The beginning. */
  public static final PolicyImage EMPTY = new PolicyImage(PolicySnapshot.EMPTY, List.of());

  public PolicyImage {
    records = List.copyOf(records);
  }
}
