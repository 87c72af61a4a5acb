// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Resources as YAML, there and back. Reading is strict: no tags, anchors or aliases, no key twice,
 * nothing deep or large; a {@link ResourceException} names file, line and field.
 */
public final class ResourceYaml {
  /** What one file may have, in characters. */
  public static final int MAX_CHARS = 1 << 20;

  static final int MAX_DEPTH = 16;

  private static final YAMLMapper WRITER =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .build();

  private ResourceYaml() {}

  /** Reads every document; {@code file} is what complaints call it. Empty ones are skipped. */
  public static List<ResourceDocument> parse(String file, String text) {
    if (text.length() > MAX_CHARS) {
      throw new ResourceException(
          "%s: has %d characters, at most %d are allowed; is it the right file?"
              .formatted(file, text.length(), MAX_CHARS));
    }
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(0);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setCodePointLimit(MAX_CHARS);
    List<ResourceDocument> documents = new ArrayList<>();
    try {
      Yaml yaml = new Yaml(new SafeConstructor(options));
      for (Node node : yaml.composeAll(new StringReader(text))) {
        if (!node.getTag().equals(Tag.NULL)) {
          documents.add(document(new YamlTree(file, node)));
        }
      }
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new ResourceException(file + ":" + line + ": " + e.getProblem(), e);
    } catch (YAMLException e) {
      throw new ResourceException(file + ": refused: " + e.getMessage(), e);
    }
    return documents;
  }

  private static ResourceDocument document(YamlTree tree) {
    ObjectNode document = tree.root();
    JsonNode kindText = document.path("kind");
    if (!kindText.isTextual()) {
      throw new ResourceException(tree.at("/kind") + "'kind' is missing, such as: kind: Model");
    }
    Kind kind;
    try {
      kind = Kind.parse(kindText.asText());
    } catch (IllegalArgumentException e) {
      throw new ResourceException(tree.at("/kind") + e.getMessage(), e);
    }
    Schemas.check(kind, document)
        .ifPresent(
            fault -> {
              throw new ResourceException(tree.at(fault.pointer()) + fault.message());
            });
    JsonNode version = document.path("version");
    return new ResourceDocument(
        tree.at(""),
        new ResourceKey(kind.text(), document.path("name").asText()),
        version.isMissingNode() ? OptionalLong.empty() : OptionalLong.of(version.asLong()),
        CanonicalJson.text(document.path("spec")));
  }

  /** A resource as a document that {@link #parse} takes, its version included. */
  public static String print(Resource resource) {
    return print(resource.key(), OptionalLong.of(resource.version()), resource.body());
  }

  /** A document that {@link #parse} takes. */
  public static String print(ResourceKey key, OptionalLong version, String body) {
    ObjectNode document = WRITER.createObjectNode();
    document.put("kind", key.kind()).put("name", key.name());
    version.ifPresent(number -> document.put("version", number));
    try {
      document.set("spec", WRITER.reader().readTree(body));
      return WRITER.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(key + " is not JSON in policy", e);
    }
  }
}
