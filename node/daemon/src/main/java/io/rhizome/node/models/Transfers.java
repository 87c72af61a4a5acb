// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import java.util.concurrent.atomic.LongAdder;

/** Bytes of models that went from node to node since the start. Any thread. */
public final class Transfers {
  private final LongAdder fetched = new LongAdder();
  private final LongAdder served = new LongAdder();

  /** So many bytes came from a peer, and were the right ones. */
  void addFetched(long bytes) {
    fetched.add(bytes);
  }

  /** So many bytes were read for a peer. */
  void addServed(long bytes) {
    served.add(bytes);
  }

  /** Bytes that came from peers. */
  public long fetchedBytes() {
    return fetched.sum();
  }

  /** Bytes that went to peers. */
  public long servedBytes() {
    return served.sum();
  }
}
