// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import org.jspecify.annotations.Nullable;

/**
 * One resource put or deleted, if it is still at the version that its author saw. Immutable.
 *
 * @param key which
 * @param body its new content, JSON text; null deletes it
 * @param expected the resource's version that this replaces, {@link #ABSENT} or {@link #ANY}
 */
public record Change(ResourceKey key, @Nullable String body, long expected) {
  /** The resource must not exist yet. */
  public static final long ABSENT = 0;

  /** Whatever is there is replaced. */
  public static final long ANY = -1;

  public Change {
    if (expected < ANY) {
      throw new IllegalArgumentException("expected version " + expected);
    }
  }

  /** Puts a resource. */
  public static Change put(ResourceKey key, String body, long expected) {
    return new Change(key, body, expected);
  }

  /** Deletes a resource. */
  public static Change delete(ResourceKey key, long expected) {
    return new Change(key, null, expected);
  }
}
