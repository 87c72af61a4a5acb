// SPDX-License-Identifier: Apache-2.0
/**
 * How far any two members are from each other, in round-trip time, without asking them: each keeps
 * a position in a virtual space that it learns from its own probes.
 *
 * <p>Start reading at {@link io.rhizome.gossip.coordinate.Vivaldi}; {@link
 * io.rhizome.gossip.coordinate.Coordinate} is what others see of it. Depends on the JDK, JSpecify
 * and {@code NodeId} only; randomness and round trips are passed in.
 */
@NullMarked
package io.rhizome.gossip.coordinate;

import org.jspecify.annotations.NullMarked;
