// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.util.Comparator;

/**
 * Which of a model's versions is newer: the higher counter; where two sides of a partition gave out
 * the same counter, the greater manifest digest, so that all nodes agree without talking. Ordered
 * oldest first.
 *
 * @param counter the manifest's version counter, at least 1
 * @param manifest the manifest's digest
 */
public record ModelVersion(long counter, Digest manifest) implements Comparable<ModelVersion> {
  private static final Comparator<ModelVersion> ORDER =
      Comparator.comparingLong(ModelVersion::counter).thenComparing(ModelVersion::manifest);

  @Override
  public int compareTo(ModelVersion other) {
    return ORDER.compare(this, other);
  }
}
