// SPDX-License-Identifier: Apache-2.0
/**
 * Gossip on a real network: the thread, the clock, the socket and the ciphers behind {@link
 * io.rhizome.gossip.Swim}.
 *
 * <p>A packet's way in: {@code UdpTransport} -> {@code PacketSeal} -> {@code GossipCodec} -> {@code
 * Swim}; start reading at {@link io.rhizome.gossip.transport.GossipLoop}. May use Netty and SLF4J.
 */
@NullMarked
package io.rhizome.gossip.transport;

import org.jspecify.annotations.NullMarked;
