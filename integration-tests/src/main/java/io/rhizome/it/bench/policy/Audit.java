// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What must hold once writers and faults have stopped: every node has the same policy, down to the
 * last byte; that policy is what the shown records lead to, with none missing; every acknowledged
 * write is the record of the version that its writer was told; and no feed was ever told a version
 * twice, out of order, or otherwise than another.
 *
 * @param version that every node has
 * @param acknowledged how many writes were checked
 * @param lost how many of them are not there
 * @param faults everything else that does not hold, in words
 */
record Audit(long version, int acknowledged, int lost, List<String> faults) {
  /** Waits until all nodes are at one version, then looks. */
  static Audit of(PolicyMesh mesh) {
    long newest = Math.max(mesh.acks().newest(), mesh.sequence().newest());
    mesh.awaitVersion(mesh.leader(), newest);
    long version = mesh.nodes().status(mesh.leader()).orElseThrow().getVersion();
    for (int i = 1; i <= mesh.size(); i++) {
      mesh.awaitVersion(i, version);
    }
    for (int i = 1; i <= mesh.size(); i++) {
      Feed feed = mesh.feeds().get(i - 1);
      if (mesh.votes(i)) {
        mesh.await("a feed at " + version, () -> feed.last() >= version);
      }
    }
    List<String> faults = new ArrayList<>();
    List<Long> missing = mesh.sequence().missing(version);
    if (!missing.isEmpty()) {
      faults.add("versions that nobody has shown: " + missing);
    }
    faults.addAll(compareImages(mesh, version));
    faults.addAll(mesh.sequence().contradictions());
    List<Acks.Ack> acks = mesh.acks().all();
    int lost = 0;
    for (Acks.Ack ack : acks) {
      if (!mesh.sequence().version(ack.id()).filter(v -> v == ack.version()).isPresent()) {
        lost++;
      }
    }
    return new Audit(version, acks.size(), lost, faults);
  }

  private static List<String> compareImages(PolicyMesh mesh, long version) {
    List<String> faults = new ArrayList<>();
    SortedMap<ResourceKey, Long> expected = mesh.sequence().state(Author.KIND, version);
    String digest = "";
    for (int i = 1; i <= mesh.size(); i++) {
      PolicyImage image = mesh.image(i);
      String node = PolicyMesh.name(i);
      image.records().forEach(record -> mesh.sequence().shown(node, record));
      String found = digest(image);
      digest = digest.isEmpty() ? found : digest;
      if (!found.equals(digest)) {
        faults.add("%s has digest %s, not %s".formatted(node, found, digest));
      }
      SortedMap<ResourceKey, Long> state = new TreeMap<>();
      for (Resource resource : image.snapshot().list(Author.KIND).values()) {
        state.put(resource.key(), resource.version());
      }
      if (!state.equals(expected)) {
        faults.add("%s has %s, the records lead to %s".formatted(node, state, expected));
      }
    }
    return faults;
  }

  private static String digest(PolicyImage image) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(PolicyCodec.encode(image)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Whether nothing is lost and nothing contradicts. */
  boolean clean() {
    return lost == 0 && faults.isEmpty();
  }

  /** In one line, and one for each fault. */
  @Override
  public String toString() {
    return "%d acknowledged, %d lost, all nodes at version %d%s"
        .formatted(
            acknowledged,
            lost,
            version,
            faults.isEmpty() ? "" : "\n  FAULT " + String.join("\n  FAULT ", faults));
  }
}
