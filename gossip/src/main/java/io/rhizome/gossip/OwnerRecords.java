// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The current labels and model records of one owner, of one boot epoch. */
final class OwnerRecords {
  private final NavigableMap<RecordKey, SignedRecord> byKey = new TreeMap<>();
  private final NavigableMap<Long, SignedRecord> byVersion = new TreeMap<>();
  private SortedMap<String, String> labels = Collections.emptySortedMap();
  private long floor;
  private long hash;
  private @Nullable NodeState state;

  /** Whether this record would change anything. */
  boolean isNews(SignedRecord record) {
    SignedRecord known = byKey.get(record.key());
    return record.version() >= floor && (known == null || known.version() < record.version());
  }

  boolean has(RecordKey key) {
    return byKey.containsKey(key);
  }

  int size() {
    return byKey.size();
  }

  /** Takes a record that is news; {@link IllegalArgumentException} where its value is malformed. */
  void put(SignedRecord record) {
    if (record.key().kind() == RecordKey.Kind.LABELS) {
      RecordFormat.Labels value = RecordFormat.readLabels(record.value());
      insert(record);
      labels = value.labels();
      raiseFloor(value.floor());
    } else {
      if (record.value().size() > 0) {
        RecordFormat.readModel(record.key(), record.value());
      }
      insert(record);
    }
    state = null;
  }

  /** All records with their versions, ascending. */
  NavigableMap<Long, SignedRecord> byVersion() {
    return Collections.unmodifiableNavigableMap(byVersion);
  }

  /** Equal for equal sets of records, whatever the order in which they came. */
  long hash() {
    return hash;
  }

  /** What the owner, reached there, says of itself; made anew only when it says something new. */
  NodeState state(Contact contact) {
    NodeState known = state;
    if (known == null
        || !known.mesh().equals(contact.mesh())
        || !known.api().equals(contact.api())
        || !known.cell().equals(contact.cell())) {
      known = new NodeState(contact.mesh(), contact.api(), contact.cell(), labels, models());
      state = known;
    }
    return known;
  }

  /** What the owner holds, ordered by model name then version. */
  List<Residency> models() {
    List<Residency> models = new ArrayList<>();
    for (SignedRecord record : byKey.values()) {
      if (record.key().kind() == RecordKey.Kind.MODEL && record.value().size() > 0) {
        models.add(RecordFormat.readModel(record.key(), record.value()));
      }
    }
    return models;
  }

  private void insert(SignedRecord record) {
    SignedRecord old = byKey.put(record.key(), record);
    if (old != null) {
      removeVersion(old.version());
    }
    byVersion.put(record.version(), record);
    hash += mix(record);
  }

  private void raiseFloor(long newFloor) {
    if (newFloor <= floor) {
      return;
    }
    floor = newFloor;
    while (!byVersion.isEmpty() && byVersion.firstKey() < newFloor) {
      byKey.remove(byVersion.firstEntry().getValue().key());
      removeVersion(byVersion.firstKey());
    }
  }

  private void removeVersion(long version) {
    SignedRecord removed = byVersion.remove(version);
    if (removed != null) {
      hash -= mix(removed);
    }
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood, 2014): spreads counters over 64 bits. */
  private static long mix(SignedRecord record) {
    // The signature too: a node that lost its boot epoch may have given a version twice.
    long z = 31 * record.version() + record.signature().hashCode() + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
