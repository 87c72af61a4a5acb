// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * What a node's router says to the routers of its name at peers, beside the node's load.
 *
 * @param router its name
 * @param bytes 1 to {@value Router#MAX_WORD_BYTES}, which mean what the routers of that name agree
 *     on; nobody writes to them
 */
@SuppressWarnings("ArrayRecordComponent") // Passed along once; never compared or hashed.
public record RouterWord(String router, byte[] bytes) {
  /**
   * What that router says of this node.
   *
   * @return null where it says nothing
   * @throws IllegalStateException where it says more than it may
   */
  public static @Nullable RouterWord of(Router router, long nowNanos, String model, NodeId self) {
    byte[] word = router.word(nowNanos, model, self);
    if (word.length == 0) {
      return null;
    }
    if (word.length > Router.MAX_WORD_BYTES) {
      throw new IllegalStateException(
          "router %s says %d bytes; at most %d go with a load"
              .formatted(router.name(), word.length, Router.MAX_WORD_BYTES));
    }
    return new RouterWord(router.name(), word);
  }

  /** Whether a router may have said that: what is longer, or nothing, none has. */
  boolean isSound() {
    return bytes.length > 0 && bytes.length <= Router.MAX_WORD_BYTES;
  }
}
