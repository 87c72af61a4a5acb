// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.rhizome.gossip.SwimCounters;

/**
 * Counts since the start, as of the last tick.
 *
 * @param packetsIn datagrams received, the dropped ones included
 * @param packetsOut datagrams sent
 * @param bytesIn payload bytes received
 * @param bytesOut payload bytes sent
 * @param droppedNotSealed received but no sealed packet at all
 * @param droppedIncompatible sealed by a node that speaks no protocol version of this one
 * @param droppedNotAuthentic sealed with another key, or altered
 * @param droppedReplayed seen before, or too old to tell
 * @param droppedMalformed sealed by a member, but not understood
 * @param droppedUnsent not sent: the name did not resolve, or the socket would not take it
 * @param swim what the state machine counted
 */
public record GossipStats(
    long packetsIn,
    long packetsOut,
    long bytesIn,
    long bytesOut,
    long droppedNotSealed,
    long droppedIncompatible,
    long droppedNotAuthentic,
    long droppedReplayed,
    long droppedMalformed,
    long droppedUnsent,
    SwimCounters swim) {}
