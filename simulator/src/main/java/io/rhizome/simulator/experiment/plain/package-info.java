// SPDX-License-Identifier: Apache-2.0
/**
 * Plain SWIM, the measure that our membership is held against: without Lifeguard's parts, without
 * signatures, without verdicts of several. It runs on the simulated network and nowhere else.
 *
 * <p>Start reading at {@link io.rhizome.simulator.experiment.plain.PlainSwim}. May use the
 * simulation, and of gossip the status of a member.
 */
@NullMarked
package io.rhizome.simulator.experiment.plain;

import org.jspecify.annotations.NullMarked;
