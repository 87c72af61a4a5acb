// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** One YAML document as JSON, with the line of every value. */
final class YamlTree {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,18})?");

  private final String file;
  private final SortedMap<String, Integer> lines = new TreeMap<>();
  private final ObjectNode root;

  YamlTree(String file, Node document) {
    this.file = file;
    if (!(json("", document) instanceof ObjectNode object)) {
      throw new ResourceException(
          at("") + "a document has 'kind:', 'name:' and 'spec:' lines, this one has not");
    }
    this.root = object;
  }

  ObjectNode root() {
    return root;
  }

  /** The start of a complaint about that value, or about the nearest one around it. */
  String at(String pointer) {
    String known = pointer;
    while (!known.isEmpty() && !lines.containsKey(known)) {
      known = known.substring(0, known.lastIndexOf('/'));
    }
    return file + ":" + lines.getOrDefault(known, 1) + ": ";
  }

  private JsonNode json(String pointer, Node node) {
    lines.putIfAbsent(pointer, line(node));
    if (node.getAnchor() != null) {
      throw new ResourceException(
          at(pointer) + "anchors and aliases are not allowed; write it out");
    }
    if (node instanceof MappingNode mapping) {
      require(pointer, node, Tag.MAP);
      return object(pointer, mapping);
    }
    if (node instanceof SequenceNode sequence) {
      require(pointer, node, Tag.SEQ);
      ArrayNode array = NODES.arrayNode();
      for (Node item : sequence.getValue()) {
        array.add(json(pointer + "/" + array.size(), item));
      }
      return array;
    }
    return scalar(pointer, (ScalarNode) node);
  }

  private ObjectNode object(String pointer, MappingNode mapping) {
    ObjectNode object = NODES.objectNode();
    for (NodeTuple entry : mapping.getValue()) {
      if (!(entry.getKeyNode() instanceof ScalarNode key)
          || key.getTag().equals(Tag.MERGE)
          || key.getAnchor() != null) {
        throw new ResourceException(
            file + ":" + line(entry.getKeyNode()) + ": a key must be plain text");
      }
      String below = pointer + "/" + key.getValue();
      if (object.has(key.getValue())) {
        throw new ResourceException(
            file + ":" + line(key) + ": key '" + Schemas.dotted(below) + "' is there twice");
      }
      lines.put(below, line(key));
      object.set(key.getValue(), json(below, entry.getValueNode()));
    }
    return object;
  }

  private void require(String pointer, Node node, Tag tag) {
    if (!node.getTag().equals(tag)) {
      throw tagged(pointer, node);
    }
  }

  private ResourceException tagged(String pointer, Node node) {
    return new ResourceException(
        at(pointer) + "tags such as '" + node.getTag().getValue() + "' are not allowed");
  }

  private JsonNode scalar(String pointer, ScalarNode node) {
    String text = node.getValue();
    Tag tag = node.getTag();
    if (tag.equals(Tag.STR) || tag.equals(Tag.TIMESTAMP)) {
      return NODES.textNode(text);
    }
    if (tag.equals(Tag.NULL)) {
      return NODES.nullNode();
    }
    if (tag.equals(Tag.BOOL)) {
      if (text.equals("true") || text.equals("false")) {
        return NODES.booleanNode(text.equals("true"));
      }
      throw unclear(pointer, text, "true or false");
    }
    if (tag.equals(Tag.INT)) {
      if (INTEGER.matcher(text).matches()) {
        return NODES.numberNode(Long.parseLong(text));
      }
      throw unclear(pointer, text, "a decimal number of at most 18 digits");
    }
    if (tag.equals(Tag.FLOAT)) {
      if (DECIMAL.matcher(text).matches()) {
        return NODES.numberNode(new BigDecimal(text));
      }
      throw unclear(pointer, text, "a decimal number such as 0.25");
    }
    throw tagged(pointer, node);
  }

  private ResourceException unclear(String pointer, String text, String what) {
    return new ResourceException(
        at(pointer)
            + "'"
            + Schemas.dotted(pointer)
            + "': write "
            + what
            + ", or \""
            + text
            + "\" in quotes if it is text");
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }
}
