// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.routers.Routers;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A router as a {@code Route} would name it, or one of the simulator's that know all.
 *
 * @param name its name
 * @param parameters its parameters
 */
public record Policy(String name, SortedMap<String, String> parameters)
    implements RoutingMesh.RouterSource {
  static final String OMNISCIENT = "omniscient";
  static final String LEAST_LOADED = "least_loaded";

  private static final Routers ROUTERS = new Routers(List.of());

  public Policy {
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
  }

  /** With the parameters that it has by default. */
  public static Policy of(String name) {
    return new Policy(name, Collections.emptySortedMap());
  }

  /** The same with one parameter more. */
  Policy with(String parameter, double value) {
    SortedMap<String, String> more = new TreeMap<>(parameters);
    String text = value == StrictMath.rint(value) ? String.valueOf((long) value) : "" + value;
    more.put(parameter, text);
    return new Policy(name, more);
  }

  @Override
  public Router router(RoutingMesh mesh, int node) {
    return switch (name) {
      case OMNISCIENT -> new Omniscient(mesh);
      case LEAST_LOADED -> new LeastLoaded();
      default -> ROUTERS.create(name, parameters);
    };
  }

  @Override
  public String toString() {
    return parameters.isEmpty() ? name : name + parameters;
  }
}
