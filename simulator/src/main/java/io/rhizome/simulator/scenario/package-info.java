// SPDX-License-Identifier: Apache-2.0
/**
 * Scenarios: what a mesh is, what goes wrong when, and what must hold, as YAML and as records.
 *
 * <p>Start reading at {@link io.rhizome.simulator.scenario.Scenario}; {@link
 * io.rhizome.simulator.scenario.ScenarioReader} reads one, {@link
 * io.rhizome.simulator.scenario.ScenarioRun} runs one with one seed. {@link
 * io.rhizome.simulator.scenario.RoutingScenario} is one for routers to be compared by. May use the
 * simulator and Jackson; opens no file.
 */
@NullMarked
package io.rhizome.simulator.scenario;

import org.jspecify.annotations.NullMarked;
