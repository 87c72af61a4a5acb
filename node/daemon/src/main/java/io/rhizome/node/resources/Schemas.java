// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.rhizome.node.text.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks documents against the schemas. Loaded when first used: a node that is asked for no change
 * pays nothing. Any thread.
 */
final class Schemas {
  private static final Map<Kind, Schema> SCHEMAS = load();

  private Schemas() {}

  /**
   * What is wrong.
   *
   * @param pointer JSON pointer of the value, or of the object that lacks a field
   * @param message for people, beginning with the field
   */
  record Fault(String pointer, String message) {}

  private static Map<Kind, Schema> load() {
    Map<Kind, Schema> schemas = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      schemas.put(kind, compile(kind.schema()));
    }
    return schemas;
  }

  /** A schema of this text, draft 2020-12. */
  static Schema compile(String text) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(text, InputFormat.JSON);
  }

  /** A resource of this build, as text. */
  static String text(String path) {
    try (InputStream in = Schemas.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(path + " is not in this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The first fault in the order of fields, if there is any; what is missing comes last, for it is
   * often there under a misspelt name.
   */
  static Optional<Fault> check(Kind kind, ObjectNode document) {
    Schema schema = SCHEMAS.get(kind);
    if (schema == null) {
      throw new IllegalStateException("no schema of " + kind);
    }
    Optional<Fault> fault = check(schema, document);
    return fault.isPresent() ? fault : Meaning.check(kind, document);
  }

  /** The same by a schema alone. */
  static Optional<Fault> check(Schema schema, ObjectNode document) {
    return schema.validate(document).stream()
        .min(
            Comparator.comparing(Schemas::isMissing)
                .thenComparing(error -> fault(schema.getSchemaNode(), error).pointer()))
        .map(error -> fault(schema.getSchemaNode(), error));
  }

  private static Fault fault(JsonNode schema, Error error) {
    String at = error.getInstanceLocation().toString();
    String property = error.getProperty();
    if ("additionalProperties".equals(error.getKeyword()) && property != null) {
      String pointer = at + "/" + property;
      return new Fault(
          pointer,
          "unknown key '"
              + dotted(pointer)
              + "'"
              + Nearest.suggestion(prefix(at), property, siblings(schema, error)));
    }
    if (isMissing(error) && property != null) {
      return new Fault(at, "'" + dotted(at + "/" + property) + "' is missing");
    }
    return new Fault(at, "'" + dotted(at) + "': " + error.getMessage());
  }

  private static boolean isMissing(Error error) {
    return "required".equals(error.getKeyword());
  }

  /** The keys that the schema knows where it met one that it does not know. */
  private static List<String> siblings(JsonNode schema, Error error) {
    String location = error.getSchemaLocation().getFragment().toString();
    String parent = location.substring(0, Math.max(0, location.lastIndexOf('/')));
    List<String> known = new ArrayList<>();
    schema.at(parent + "/properties").fieldNames().forEachRemaining(known::add);
    return known;
  }

  /** {@code /spec/links/0/to} as {@code spec.links[0].to}. */
  static String dotted(String pointer) {
    return pointer.replaceAll("/(\\d+)(?=/|$)", "[$1]").replaceFirst("^/", "").replace('/', '.');
  }

  private static String prefix(String pointer) {
    return pointer.isEmpty() ? "" : dotted(pointer) + ".";
  }
}
