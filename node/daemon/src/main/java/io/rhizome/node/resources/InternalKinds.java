// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

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
      case "ApiKey" -> Schemas.check(API_KEY, document);
      default -> Optional.of(new Fault("/kind", "no kind '" + kind + "' is known here"));
    };
  }
}
