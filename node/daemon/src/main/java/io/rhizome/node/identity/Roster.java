// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.config.YamlMap;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who belongs to a mesh when it is founded, as a YAML file that each of the first nodes has a copy
 * of. Policy holds it from then on. Immutable; any thread.
 */
public final class Roster {
  private static final List<String> LABELS = List.of("region", "site", "tier");

  private final SortedMap<NodeId, Entry> nodes = new TreeMap<>();
  private final SortedMap<NodeId, Entry> operators = new TreeMap<>();

  /**
   * One admitted key.
   *
   * @param name what people call it, unique in the roster
   * @param id SHA-256 of the key
   * @param key the public key
   * @param labels region, site, tier; empty for operators
   */
  public record Entry(String name, NodeId id, PublicKey key, SortedMap<String, String> labels) {
    public Entry {
      labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /** The entry of this key pair. */
    public static Entry of(String name, Identity identity, SortedMap<String, String> labels) {
      return new Entry(name, identity.nodeId(), identity.publicKey(), labels);
    }
  }

  /** A roster of these nodes and operators. */
  public Roster(Collection<Entry> nodes, Collection<Entry> operators) {
    nodes.forEach(entry -> this.nodes.put(entry.id(), entry));
    operators.forEach(entry -> this.operators.put(entry.id(), entry));
  }

  /** Reads a roster file; {@link ConfigException} names the line of what is wrong. */
  public static Roster load(Path file) throws IOException {
    return parse(YamlMap.read(file));
  }

  static Roster parse(YamlMap yaml) {
    yaml.allowOnly(List.of("nodes", "operators"));
    List<Entry> nodes = new ArrayList<>();
    List<Entry> operators = new ArrayList<>();
    SortedMap<String, String> seen = new TreeMap<>();
    for (YamlMap entry : yaml.maps("nodes")) {
      entry.allowOnly(List.of("name", "id", "publicKey", "labels"));
      entry.map("labels").allowOnly(LABELS);
      nodes.add(entry(entry, entry.texts("labels"), seen));
    }
    for (YamlMap entry : yaml.maps("operators")) {
      entry.allowOnly(List.of("name", "id", "publicKey"));
      operators.add(entry(entry, new TreeMap<>(), seen));
    }
    if (nodes.isEmpty()) {
      throw new ConfigException(yaml.where("nodes") + "'nodes' must list at least one node");
    }
    return new Roster(nodes, operators);
  }

  private static Entry entry(
      YamlMap yaml, SortedMap<String, String> labels, SortedMap<String, String> seen) {
    String name = yaml.required("name");
    PublicKey key = publicKey(yaml);
    NodeId id = NodeId.ofPublicKey(key.getEncoded());
    if (!id.toString().equals(yaml.required("id"))) {
      throw new ConfigException(
          yaml.where("id") + "'id' is not that of the public key; it should be " + id);
    }
    for (String unique : List.of("name " + name, "key " + id)) {
      if (seen.put(unique, name) != null) {
        throw new ConfigException(yaml.where() + "the " + unique + " is in the roster twice");
      }
    }
    return new Entry(name, id, key, labels);
  }

  private static PublicKey publicKey(YamlMap yaml) {
    try {
      return PublicKeys.parse(yaml.required("publicKey"));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(yaml.where("publicKey") + badKey(), e);
    }
  }

  private static String badKey() {
    return "'publicKey' must be the base64 of an EC P-256 key (SubjectPublicKeyInfo, DER)";
  }

  /** Writes what {@link #load} reads, forced to disk. */
  public void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder(1024);
    text.append(
        "# Who founds this mesh: the first nodes have the same copy of this file. From their\n");
    text.append("# first start on policy holds it. An id is the SHA-256 of the public key.\n");
    text.append("nodes:\n");
    nodes.values().stream().sorted(Roster::byName).forEach(entry -> append(text, entry));
    text.append("# Whose keys may push, load and unload models.\n");
    text.append("operators:\n");
    operators.values().stream().sorted(Roster::byName).forEach(entry -> append(text, entry));
    DurableFile.write(file, text.toString());
  }

  private static int byName(Entry a, Entry b) {
    int byLength = Integer.compare(a.name().length(), b.name().length());
    return byLength != 0 ? byLength : a.name().compareTo(b.name());
  }

  private static void append(StringBuilder text, Entry entry) {
    String key = PublicKeys.text(entry.key());
    text.append("  - name: ").append(entry.name()).append('\n');
    text.append("    id: ").append(entry.id()).append('\n');
    text.append("    publicKey: ").append(key).append('\n');
    if (!entry.labels().isEmpty()) {
      text.append("    labels:\n");
      entry.labels().forEach((name, value) -> text.append("      " + name + ": " + value + "\n"));
    }
  }

  /** The admitted nodes, ordered by id. */
  public Collection<Entry> nodes() {
    return Collections.unmodifiableCollection(nodes.values());
  }

  /** The node that founds the mesh's policy: the first by name, in every copy of the roster. */
  public NodeId founder() {
    return nodes.values().stream().min(Roster::byName).orElseThrow().id();
  }

  /** The operators, ordered by id. */
  public Collection<Entry> operators() {
    return Collections.unmodifiableCollection(operators.values());
  }
}
