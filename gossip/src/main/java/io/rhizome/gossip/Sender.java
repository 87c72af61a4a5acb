// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * Whom a packet came from.
 *
 * @param id who says it sealed it: all who have the mesh key could have, so nothing may rest on two
 *     senders being two members
 * @param address where it came from, which is where a direct answer goes
 * @param link how it came, which is how a direct answer goes
 */
public record Sender(NodeId id, Endpoint address, Link link) {
  /** The two ways between members. */
  public enum Link {
    /** Sealed UDP: may be lost, reordered, duplicated. */
    DATAGRAM,
    /**
     * A stream that one of the two opened: in order and without loss while it lasts, and the only
     * way to a member whose UDP is blocked or that can only dial out.
     */
    STREAM
  }
}
