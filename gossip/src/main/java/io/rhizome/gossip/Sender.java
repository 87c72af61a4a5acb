// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * Whom a packet came from.
 *
 * @param id who sealed it
 * @param address where it came from, which is where a direct answer goes
 */
public record Sender(NodeId id, Endpoint address) {}
