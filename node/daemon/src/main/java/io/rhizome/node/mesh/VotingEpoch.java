// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.rhizome.node.policy.Epochs;
import java.util.function.Supplier;

/**
 * In which epoch this node votes, if it does.
 *
 * @param epochs what it knows of epochs
 * @param votesIn the label of the epoch that its voter is of
 */
public record VotingEpoch(Epochs epochs, Supplier<String> votesIn) {
  /** Whether a newer one is known: its voter counts no more, though it may not have stopped yet. */
  boolean over() {
    return !votesIn.get().equals(epochs.label());
  }
}
