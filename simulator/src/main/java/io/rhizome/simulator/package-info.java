// SPDX-License-Identifier: Apache-2.0
/**
 * Many nodes in one process under virtual time: the very state machines that ship, on a network
 * whose delays, losses and cuts are drawn from one seed. The same seed gives the same run, event by
 * event.
 *
 * <p>Start reading at {@link io.rhizome.simulator.Simulation}. May use the core modules, the packet
 * format and the seal, nothing else.
 */
@NullMarked
package io.rhizome.simulator;

import org.jspecify.annotations.NullMarked;
