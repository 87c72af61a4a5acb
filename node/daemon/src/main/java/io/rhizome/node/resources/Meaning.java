// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.rhizome.node.resources.Schemas.Fault;
import io.rhizome.node.text.Nearest;
import java.util.Optional;
import java.util.TreeSet;

/** What a schema cannot say about a document that follows it. */
final class Meaning {
  private static final int WHOLE = 100;

  private Meaning() {}

  static Optional<Fault> check(Kind kind, JsonNode document) {
    JsonNode spec = document.path("spec");
    return switch (kind) {
      case MODEL -> model(spec);
      case PLACEMENT -> placement(spec);
      case ROUTE -> route(spec);
      case TENANT, MESH, SITE -> Optional.empty();
    };
  }

  private static Optional<Fault> model(JsonNode spec) {
    JsonNode traffic = spec.path("traffic");
    if (traffic.isMissingNode()) {
      return Optional.empty();
    }
    TreeSet<Long> versions = new TreeSet<>();
    spec.path("versions").forEach(version -> versions.add(version.asLong()));
    int sum = 0;
    for (int i = 0; i < traffic.size(); i++) {
      long version = traffic.path(i).path("version").asLong();
      if (!versions.remove(version)) {
        return fault(
            "/spec/traffic/" + i + "/version",
            "%d is not one of spec.versions, or is there twice".formatted(version));
      }
      sum += traffic.path(i).path("percent").asInt();
    }
    return sum == WHOLE
        ? Optional.empty()
        : fault("/spec/traffic", "percents add up to %d, not to 100".formatted(sum));
  }

  private static Optional<Fault> placement(JsonNode spec) {
    try {
      LabelExpression.parse(spec.path("nodes").asText());
    } catch (IllegalArgumentException e) {
      return fault("/spec/nodes", String.valueOf(e.getMessage()));
    }
    JsonNode replicas = spec.path("replicas");
    int min = replicas.path("min").asInt(0);
    int max = replicas.path("max").asInt(Integer.MAX_VALUE);
    return min <= max
        ? Optional.empty()
        : fault("/spec/replicas/min", "%d is more than max, %d".formatted(min, max));
  }

  private static Optional<Fault> route(JsonNode spec) {
    RouterSpec router = RouterSpec.of(spec);
    if (router.name().isEmpty()) {
      return Optional.empty();
    }
    if (!RouterSpec.KNOWN.names().contains(router.name())) {
      return fault(
          "/spec/router/name",
          "there is no router '"
              + router.name()
              + "'"
              + Nearest.suggestion("", router.name(), RouterSpec.KNOWN.names()));
    }
    try {
      var unused = RouterSpec.KNOWN.create(router.name(), router.parameters());
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return fault("/spec/router", String.valueOf(e.getMessage()));
    }
  }

  private static Optional<Fault> fault(String pointer, String message) {
    return Optional.of(new Fault(pointer, "'" + Schemas.dotted(pointer) + "': " + message));
  }
}
