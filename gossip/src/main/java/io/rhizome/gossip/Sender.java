// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * Whom a packet came from.
 *
 * @param id who says it sealed it: all who have the mesh key could have, so nothing may rest on two
 *     senders being two members
 * @param address where it came from, which is where a direct answer goes
 */
public record Sender(NodeId id, Endpoint address) {}
