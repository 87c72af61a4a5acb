// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import io.rhizome.node.resources.Schemas.Fault;
import java.util.Optional;

/**
 * Kinds that the mesh and its tools write, and people do not declare in YAML. Loaded when first
 * used. Any thread.
 */
final class InternalKinds {
  private static final Schema API_KEY =
      Schemas.compile(Schemas.text("/schemas/internal/ApiKey.json"));

  private InternalKinds() {}

  /** What is wrong with a document of that kind; a kind that nobody knows is. */
  static Optional<Fault> check(String kind, ObjectNode document) {
    return switch (kind) {
      case "ApiKey" -> apiKey(document);
      default -> Optional.of(new Fault("/kind", "no kind '" + kind + "' is known here"));
    };
  }

  private static Optional<Fault> apiKey(ObjectNode document) {
    Optional<Fault> fault = Schemas.check(API_KEY, document);
    JsonNode spec = document.path("spec");
    if (fault.isPresent() || spec.has("sha256") != spec.has("spki")) {
      return fault;
    }
    return Optional.of(
        new Fault("/spec", "'spec' must have either 'spec.sha256' or 'spec.spki', and not both"));
  }
}
