// SPDX-License-Identifier: Apache-2.0
/**
 * Who is in the mesh: membership, failure detection and the state each node publishes about itself.
 *
 * <p>Start reading at {@code Swim}, the protocol as a state machine, then {@link
 * io.rhizome.gossip.MembershipView}, what the rest of the node sees of it. This package imports the
 * JDK, JSpecify and Netty's maps of primitives only; time, randomness and IO are passed in.
 * Sockets, threads and ciphers live in {@code io.rhizome.gossip.transport}.
 */
@NullMarked
package io.rhizome.gossip;

import org.jspecify.annotations.NullMarked;
