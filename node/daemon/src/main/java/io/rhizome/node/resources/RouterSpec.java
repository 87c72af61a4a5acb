// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.routers.Routers;
import java.util.Collections;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a {@code Route} says of who chooses.
 *
 * @param name the router's; empty where it does not say
 * @param parameters of that router
 */
public record RouterSpec(String name, SortedMap<String, String> parameters) {
  /** All that this process knows: those built in and those on the class path. */
  public static final Routers KNOWN =
      new Routers(ServiceLoader.load(Router.class).stream().toList());

  public RouterSpec {
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
  }

  /** Reads the spec of a {@code Route} that follows the schema. */
  public static RouterSpec of(JsonNode spec) {
    SortedMap<String, String> parameters = new TreeMap<>();
    spec.path("router")
        .path("parameters")
        .properties()
        .forEach(entry -> parameters.put(entry.getKey(), entry.getValue().asText()));
    return new RouterSpec(spec.path("router").path("name").asText(""), parameters);
  }
}
