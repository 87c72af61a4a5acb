// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.routing;

import com.fasterxml.jackson.databind.JsonNode;
import io.rhizome.node.resources.RouterSpec;
import io.rhizome.node.serving.RouteLimits;
import io.rhizome.node.text.Durations;
import io.rhizome.node.text.Glob;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * One resource of kind {@code Route}.
 *
 * @param name the resource's own
 * @param models the names that it is for
 * @param particularity the more, the more particular: one for tenants before one for all, a longer
 *     name first
 * @param tenants whose requests it is for; empty for everybody's
 * @param router who chooses
 * @param rules where requests may run and pass, while they may
 * @param windows when they may; empty for always
 * @param limits how long they take and how often they are tried
 */
record Route(
    String name,
    Pattern models,
    int particularity,
    List<String> tenants,
    RouterSpec router,
    RouteRules rules,
    List<TimeWindow> windows,
    RouteLimits limits) {

  /** Reads what follows the schema. */
  static Route of(String name, JsonNode spec) {
    String models = spec.path("models").asText();
    List<String> tenants = texts(spec.path("tenants"));
    List<TimeWindow> windows = new ArrayList<>();
    for (JsonNode window : spec.path("timeWindows")) {
      windows.add(
          new TimeWindow(
              LocalTime.parse(window.path("start").asText()), duration(window.path("duration"))));
    }
    return new Route(
        name,
        Glob.compile(models),
        particularity(models, tenants),
        tenants,
        RouterSpec.of(spec),
        rules(spec),
        List.copyOf(windows),
        new RouteLimits(
            spec.path("repeatable").asBoolean(true),
            spec.has("timeout")
                ? TimeUnit.NANOSECONDS.convert(duration(spec.path("timeout")))
                : Long.MAX_VALUE,
            spec.has("retries")
                ? 1 + spec.path("retries").path("attempts").asInt()
                : Integer.MAX_VALUE));
  }

  private static int particularity(String models, List<String> tenants) {
    int named = models.replace("*", "").length();
    return (tenants.isEmpty() ? 0 : 1 << 10) + 2 * named + (models.contains("*") ? 0 : 1);
  }

  private static RouteRules rules(JsonNode spec) {
    SortedMap<String, Long> bounds = new TreeMap<>();
    for (JsonNode bound : spec.path("latencyBounds")) {
      bounds.merge(
          bound.path("tier").asText(),
          TimeUnit.NANOSECONDS.convert(duration(bound.path("atMost"))),
          Math::min);
    }
    return new RouteRules(
        texts(spec.path("residencyZones")),
        texts(spec.path("tiers")),
        spec.path("minSecurityLevel").asInt(0),
        bounds,
        spec.path("objective").asText().equals("cost"),
        spec.path("objective").asText().equals("energy"),
        spec.path("loadOnDemand").asBoolean(false),
        "");
  }

  private static Duration duration(JsonNode text) {
    return Durations.parse(text.asText()).orElseThrow();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  boolean isFor(Request request) {
    return models.matcher(request.model()).matches()
        && (tenants.isEmpty() || tenants.contains(request.client().tenant()));
  }

  /** Its rules at that time of day, UTC. */
  RouteRules rules(LocalTime now) {
    return windows.isEmpty() || windows.stream().anyMatch(window -> window.contains(now))
        ? rules
        : rules.closedFor("timeWindows of Route/" + name + " exclude now");
  }
}
