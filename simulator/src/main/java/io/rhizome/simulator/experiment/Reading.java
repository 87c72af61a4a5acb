// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

/**
 * One figure that an experiment found.
 *
 * @param name of it, its unit last
 * @param value as measured
 */
public record Reading(String name, double value) {}
