// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.List;

/**
 * What an alive record says: where its owner is reached and which protocol versions it speaks.
 *
 * @param mesh where peers reach it
 * @param api where clients reach it
 * @param cell as in {@link NodeState}
 * @param relays members, at most {@link #MAX_RELAYS}, that hold a stream which it opened to them:
 *     it is reached through one of those, since it can only dial out or its UDP is blocked; empty
 *     where it is reached itself
 * @param protocolMin the oldest gossip protocol it speaks, 1 to 255
 * @param protocolMax the newest, at least {@code protocolMin}, at most 255
 */
record Contact(
    Endpoint mesh,
    Endpoint api,
    String cell,
    List<NodeId> relays,
    int protocolMin,
    int protocolMax) {
  /** Most relays. */
  static final int MAX_RELAYS = 3;

  Contact {
    relays = List.copyOf(relays);
    if (relays.size() > MAX_RELAYS) {
      throw new IllegalArgumentException("a member has at most 3 relays: " + relays.size());
    }
    if (protocolMin < 1 || protocolMax < protocolMin || protocolMax > 255) {
      throw new IllegalArgumentException(
          "protocol range must lie in 1 to 255: " + protocolMin + " to " + protocolMax);
    }
  }
}
