// SPDX-License-Identifier: Apache-2.0
/**
 * {@code deploy/bench faults}: what clients of one node see while the two nodes that hold the model
 * are killed, hung, cut off, restarted or overloaded.
 *
 * <p>Real processes, spoken to as any client would; faults come from outside of them: signals, a
 * network of our own, a library that slows the executor's threads. Start reading at {@link
 * io.rhizome.it.bench.faults.FaultsBench}, then {@link io.rhizome.it.bench.faults.OutageRow}.
 */
@NullMarked
package io.rhizome.it.bench.faults;

import org.jspecify.annotations.NullMarked;
