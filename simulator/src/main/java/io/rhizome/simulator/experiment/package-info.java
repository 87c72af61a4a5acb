// SPDX-License-Identifier: Apache-2.0
/**
 * What gossip is measured by: meshes of the classes that ship, under virtual time, in the weather
 * that each experiment names. An experiment measures and does not judge: the bars are its caller's.
 *
 * <p>Start reading at {@link io.rhizome.simulator.experiment.Experiment}, then {@link
 * io.rhizome.simulator.experiment.Population}. May use the simulator and what that may use.
 */
@NullMarked
package io.rhizome.simulator.experiment;

import org.jspecify.annotations.NullMarked;
