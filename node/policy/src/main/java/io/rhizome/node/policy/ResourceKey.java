// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * What a resource is called: a kind, such as {@code Model}, and a name within it. Ordered by kind,
 * then name. Immutable.
 *
 * @param kind a capital letter, then up to 31 letters
 * @param name 1 to 128 of letters, digits, dot, dash, underscore; not starting with a dot or dash
 */
public record ResourceKey(String kind, String name) implements Comparable<ResourceKey> {
  private static final Pattern KIND = Pattern.compile("[A-Z][A-Za-z]{0,31}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
  private static final Comparator<ResourceKey> ORDER =
      Comparator.comparing(ResourceKey::kind).thenComparing(ResourceKey::name);

  public ResourceKey {
    if (!KIND.matcher(kind).matches()) {
      throw new IllegalArgumentException(
          "a kind is a capital letter and letters, not '" + kind + "'");
    }
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a name has 1 to 128 letters, digits, '.', '-', '_', not '" + name + "'");
    }
  }

  @Override
  public int compareTo(ResourceKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return kind + "/" + name;
  }
}
