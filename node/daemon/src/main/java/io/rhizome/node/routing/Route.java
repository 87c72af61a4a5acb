// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.routing;

import com.fasterxml.jackson.databind.JsonNode;
import io.rhizome.node.resources.RouterSpec;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One resource of kind {@code Route}.
 *
 * @param name the resource's own
 * @param models the names that it is for, {@code *} standing for any characters
 * @param tenants whose requests it is for; empty for everybody's
 * @param router who chooses
 * @param rules where requests may run and pass
 * @param repeatable whether requests may run twice
 */
record Route(
    String name,
    String models,
    List<String> tenants,
    RouterSpec router,
    RouteRules rules,
    boolean repeatable) {

  /** Reads what follows the schema. */
  static Route of(String name, JsonNode spec) {
    return new Route(
        name,
        spec.path("models").asText(),
        texts(spec.path("tenants")),
        RouterSpec.of(spec),
        new RouteRules(
            texts(spec.path("residencyZones")),
            texts(spec.path("tiers")),
            spec.path("minSecurityLevel").asInt(0)),
        spec.path("repeatable").asBoolean(true));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  boolean isForModel(String model) {
    return Pattern.matches("\\Q" + models.replace("*", "\\E.*\\Q") + "\\E", model);
  }

  boolean isFor(Request request) {
    return isForModel(request.model())
        && (tenants.isEmpty() || tenants.contains(request.client().tenant()));
  }

  /** The more, the more particular: one for tenants before one for all, a longer name first. */
  int particularity() {
    int named = models.replace("*", "").length();
    return (tenants.isEmpty() ? 0 : 1 << 10) + 2 * named + (models.contains("*") ? 0 : 1);
  }
}
