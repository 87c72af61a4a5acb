// SPDX-License-Identifier: Apache-2.0
/**
 * What must hold in every simulated mesh, whatever goes wrong, and what must hold once nothing goes
 * wrong any more. May use the simulator and the value types of gossip.
 *
 * <p>Start reading at {@link io.rhizome.simulator.invariant.InvariantChecker}.
 */
@NullMarked
package io.rhizome.simulator.invariant;

import org.jspecify.annotations.NullMarked;
