// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Every record that any node has shown to anybody, by version. Keeps what contradicts: two records
 * of one version, one proposal in two versions, and what feeds complain about. Any thread.
 */
final class Sequence {
  /** More would only repeat what these say. */
  private static final int MAX_CONTRADICTIONS = 20;

  private static final String SECRET_KIND = "MeshKey";

  private final SortedMap<Long, PolicyRecord> records = new TreeMap<>();
  private final Map<ProposalId, Long> versions = new TreeMap<>();
  private final List<String> contradictions = new ArrayList<>();

  /**
   * A node showed this; what it shows only to nodes is left aside, for others must agree without.
   */
  synchronized void shown(String node, PolicyRecord whole) {
    PolicyRecord record = withoutSecrets(whole);
    PolicyRecord before = records.putIfAbsent(record.version(), record);
    if (before != null && !before.equals(record)) {
      contradiction(
          "%s shows version %d as %s, it was shown as %s before"
              .formatted(node, record.version(), record, before));
    }
    Long version = versions.putIfAbsent(record.id(), record.version());
    if (version != null && version != record.version()) {
      contradiction(
          "%s shows proposal %s as version %d, it was version %d"
              .formatted(node, record.id(), record.version(), version));
    }
  }

  private static PolicyRecord withoutSecrets(PolicyRecord record) {
    List<Change> open = new ArrayList<>(record.changes());
    open.removeIf(change -> change.key().kind().equals(SECRET_KIND));
    return new PolicyRecord(
        record.version(), record.id(), record.author(), record.stampMillis(), open);
  }

  /** Something is wrong. */
  synchronized void contradiction(String what) {
    if (contradictions.size() < MAX_CONTRADICTIONS) {
      contradictions.add(what);
    }
  }

  synchronized List<String> contradictions() {
    return List.copyOf(contradictions);
  }

  /** The version that a proposal made, if anybody has seen it. */
  synchronized Optional<Long> version(ProposalId id) {
    return Optional.ofNullable(versions.get(id));
  }

  /** The versions up to that which nobody has shown. */
  synchronized List<Long> missing(long through) {
    List<Long> missing = new ArrayList<>();
    for (long version = 1; version <= through; version++) {
      if (!records.containsKey(version)) {
        missing.add(version);
      }
    }
    return missing;
  }

  /** The newest version that anybody has shown. */
  synchronized long newest() {
    return records.isEmpty() ? 0 : records.lastKey();
  }

  /** What resources of one kind must be at that version: the version that last put each. */
  synchronized SortedMap<ResourceKey, Long> state(String kind, long at) {
    SortedMap<ResourceKey, Long> state = new TreeMap<>();
    for (PolicyRecord record : records.headMap(at + 1).values()) {
      for (Change change : record.changes()) {
        if (!change.key().kind().equals(kind)) {
          continue;
        }
        if (change.body() == null) {
          state.remove(change.key());
        } else {
          state.put(change.key(), record.version());
        }
      }
    }
    return state;
  }
}
