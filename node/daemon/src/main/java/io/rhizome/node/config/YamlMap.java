// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.config;

import io.rhizome.node.text.Nearest;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One mapping of a YAML file that remembers where everything stood, so that a complaint can name
 * the line. Strict: a key that is there twice, or is not text, is an error.
 */
public final class YamlMap {
  private static final int MAX_FILE_BYTES = 4 << 20;

  private final String file;
  private final String path;
  private final int line;
  private final SortedMap<String, Node> values = new TreeMap<>();
  private final SortedMap<String, Integer> keyLines = new TreeMap<>();

  private YamlMap(String file, String path, @Nullable MappingNode node) {
    this.file = file;
    this.path = path;
    this.line = node == null ? 1 : lineOf(node);
    if (node == null) {
      return;
    }
    for (NodeTuple entry : node.getValue()) {
      if (!(entry.getKeyNode() instanceof ScalarNode key)) {
        throw new ConfigException(at(lineOf(entry.getKeyNode())) + "a key must be plain text");
      }
      if (values.put(key.getValue(), entry.getValueNode()) != null) {
        throw new ConfigException(
            at(lineOf(key)) + "key '" + path + key.getValue() + "' is there twice");
      }
      keyLines.put(key.getValue(), lineOf(key));
    }
  }

  /** Reads a file of at most 4 MiB; {@link ConfigException} if it is absent or not such YAML. */
  public static YamlMap read(Path file) throws IOException {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new ConfigException(file + ": larger than 4 MiB; is it the right file?");
      }
      return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw new ConfigException(file + ": no such file", e);
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new ConfigException(file + ": not UTF-8 text", e);
    }
  }

  /** Reads YAML text; {@code file} is what complaints call it. Empty text is an empty mapping. */
  public static YamlMap parse(String file, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(0);
    options.setCodePointLimit(MAX_FILE_BYTES);
    Node root;
    try {
      root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
    } catch (MarkedYAMLException e) {
      throw new ConfigException(file + ":" + position(e.getProblemMark()) + e.getProblem(), e);
    } catch (YAMLException e) {
      throw new ConfigException(file + ": not YAML: " + e.getMessage(), e);
    }
    if (root == null || isNull(root)) {
      return new YamlMap(file, "", null);
    }
    if (root instanceof MappingNode mapping) {
      return new YamlMap(file, "", mapping);
    }
    throw new ConfigException(file + ":" + lineOf(root) + ": expected 'key: value' lines");
  }

  /** The start of a complaint about this mapping: {@code file:line: }. */
  public String where() {
    return at(line);
  }

  /** The start of a complaint about one of its keys, or about the mapping if the key is absent. */
  public String where(String key) {
    return at(keyLines.getOrDefault(key, line));
  }

  /** Refuses every key but these, naming the nearest known one. */
  public void allowOnly(Collection<String> known) {
    for (String key : values.keySet()) {
      if (!known.contains(key)) {
        throw new ConfigException(
            where(key) + "unknown key '" + path + key + "'" + Nearest.suggestion(path, key, known));
      }
    }
  }

  /** The text of a scalar; empty if the key is absent or has no value. */
  public Optional<String> text(String key) {
    Node node = values.get(key);
    if (node == null || isNull(node)) {
      return Optional.empty();
    }
    if (node instanceof ScalarNode scalar) {
      return Optional.of(scalar.getValue());
    }
    throw wrongType(key, "one value", node);
  }

  /** The text of a scalar that must be there and not be empty. */
  public String required(String key) {
    return text(key)
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> new ConfigException(where(key) + "'" + path + key + "' is missing"));
  }

  /** A nested mapping; an empty one if the key is absent. */
  public YamlMap map(String key) {
    Node node = values.get(key);
    if (node == null || isNull(node)) {
      return new YamlMap(file, path + key + ".", null);
    }
    if (node instanceof MappingNode mapping) {
      return new YamlMap(file, path + key + ".", mapping);
    }
    throw wrongType(key, "nested 'key: value' lines", node);
  }

  /** A list of mappings; an empty one if the key is absent. */
  public List<YamlMap> maps(String key) {
    List<YamlMap> maps = new ArrayList<>();
    for (Node item : items(key)) {
      if (!(item instanceof MappingNode mapping)) {
        throw new ConfigException(
            at(lineOf(item)) + "each entry of '" + path + key + "' has 'key: value' lines");
      }
      maps.add(new YamlMap(file, path + key + "[].", mapping));
    }
    return maps;
  }

  /** A mapping of text to text; empty if the key is absent. */
  public SortedMap<String, String> texts(String key) {
    YamlMap nested = map(key);
    SortedMap<String, String> texts = new TreeMap<>();
    for (String name : nested.values.keySet()) {
      texts.put(name, nested.text(name).orElse(""));
    }
    return texts;
  }

  /**
   * All scalars and lists of scalars below this mapping by dotted key, lists joined by commas, each
   * with the complaint's start that names its line.
   */
  SortedMap<String, Setting> flatten() {
    SortedMap<String, Setting> flat = new TreeMap<>();
    flattenInto(flat);
    return flat;
  }

  private void flattenInto(SortedMap<String, Setting> flat) {
    for (Map.Entry<String, Node> entry : values.entrySet()) {
      String key = entry.getKey();
      Node node = entry.getValue();
      if (node instanceof MappingNode) {
        map(key).flattenInto(flat);
      } else if (node instanceof ScalarNode scalar) {
        String text = isNull(node) ? "" : scalar.getValue();
        flat.put(path + key, Setting.fromFile(text, where(key), false));
      } else {
        List<String> texts = new ArrayList<>();
        for (Node item : items(key)) {
          if (!(item instanceof ScalarNode scalar)) {
            throw new ConfigException(
                at(lineOf(item)) + "each entry of '" + path + key + "' is one value");
          }
          texts.add(scalar.getValue());
        }
        flat.put(path + key, Setting.fromFile(String.join(",", texts), where(key), true));
      }
    }
  }

  private List<Node> items(String key) {
    Node node = values.get(key);
    if (node == null || isNull(node)) {
      return List.of();
    }
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    throw wrongType(key, "a list", node);
  }

  private ConfigException wrongType(String key, String expected, Node found) {
    return new ConfigException(
        where(key) + "'" + path + key + "' must be " + expected + ", not a " + found.getNodeId());
  }

  private String at(int atLine) {
    return file + ":" + atLine + ": ";
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static int lineOf(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  private static String position(@Nullable Mark mark) {
    return mark == null ? " " : (mark.getLine() + 1) + ":" + (mark.getColumn() + 1) + ": ";
  }
}
