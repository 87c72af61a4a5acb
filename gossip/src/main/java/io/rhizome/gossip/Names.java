// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import org.jspecify.annotations.Nullable;

/** Finds the id behind its first eight bytes, which is all that most messages carry of it. */
@FunctionalInterface
public interface Names {
  /** The id of a known node, this one included, that begins so; null where there is none. */
  @Nullable NodeId find(long prefix);
}
