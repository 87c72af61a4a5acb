// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What a node's part in its site's jobs stands on.
 *
 * @param self what this node claims with
 * @param stores what the site's nodes know together
 * @param journal what this node keeps
 * @param peers the site's other nodes
 * @param clock milliseconds since the epoch
 * @param executor what waits for peers; bounded
 */
public record JobParts(
    String self,
    JobStores stores,
    Journal journal,
    SitePeers peers,
    LongSupplier clock,
    Executor executor) {
  Copies copies() {
    return new Copies(self, peers, executor);
  }

  Answers answers() {
    return new Answers(journal, peers, copies());
  }
}
