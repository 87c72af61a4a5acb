// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import java.util.Comparator;
import java.util.random.RandomGenerator;

/**
 * 128 random bits that name one proposal, so that it commits at most once however often it is sent.
 * Immutable.
 */
public record ProposalId(long high, long low) implements Comparable<ProposalId> {
  private static final Comparator<ProposalId> ORDER =
      Comparator.comparingLong(ProposalId::high).thenComparingLong(ProposalId::low);

  /** A new one; give it a generator that others cannot foresee. */
  public static ProposalId random(RandomGenerator random) {
    return new ProposalId(random.nextLong(), random.nextLong());
  }

  @Override
  public int compareTo(ProposalId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "%016x%016x".formatted(high, low);
  }
}
