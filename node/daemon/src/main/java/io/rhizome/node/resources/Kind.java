// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

import io.rhizome.node.text.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What people may declare. Other kinds of policy are the mesh's own. */
public enum Kind {
  /** An alias of a model. */
  MODEL("Model"),
  /** Which nodes hold a model. */
  PLACEMENT("Placement"),
  /** How requests are routed. */
  ROUTE("Route"),
  /** What a tenant may do. */
  TENANT("Tenant"),
  /** What holds for the whole mesh. */
  MESH("Mesh"),
  /** A place where nodes are. */
  SITE("Site");

  private final String text;

  Kind(String text) {
    this.text = text;
  }

  /** As it is written in YAML. */
  public String text() {
    return text;
  }

  /** The kind that is written so. */
  public static Optional<Kind> of(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
  }

  /** The kind that is written so; {@link IllegalArgumentException} names the nearest. */
  public static Kind parse(String text) {
    return of(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown kind '" + text + "'" + Nearest.suggestion("", text, known())));
  }

  private static List<String> known() {
    return Arrays.stream(values()).map(Kind::text).toList();
  }

  /** Its JSON Schema, draft 2020-12, as text. */
  public String schema() {
    return Schemas.text("/schemas/" + text + ".json");
  }
}
