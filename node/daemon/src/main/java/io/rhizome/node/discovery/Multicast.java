// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** Says on the local network who is here and hears who else is; lossy, and anybody may lie. */
interface Multicast {
  /** Takes what is heard, on any thread; must not block. */
  interface Listener {
    /**
     * A node says that it is there.
     *
     * @param mesh the mesh that it says it is of
     * @param node who it says it is
     * @param at its addresses
     * @param port of gossip
     */
    void heard(String mesh, String node, List<InetAddress> at, int port);
  }

  /**
   * Starts to say so and to listen; may block for seconds.
   *
   * @return ends both
   * @throws IOException where that address has no multicast
   */
  AutoCloseable open(String mesh, String node, InetAddress at, int port, Listener listener)
      throws IOException;
}
