// SPDX-License-Identifier: Apache-2.0
/**
 * {@code deploy/bench gossip}: the simulated experiments on gossip, each in a JVM of its own, their
 * figures and bars.
 *
 * <p>Start reading at {@link io.rhizome.it.bench.gossip.GossipBench}.
 */
@NullMarked
package io.rhizome.it.bench.gossip;

import org.jspecify.annotations.NullMarked;
