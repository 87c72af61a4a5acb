// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

/**
 * What a scenario file holds, by its {@code kind}: {@code gossip}, the default, or {@code routing}.
 */
public sealed interface AnyScenario permits Scenario, RoutingScenario {
  /** One word. */
  String name();

  /** One sentence: what it shows. */
  String about();
}
