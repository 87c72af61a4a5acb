// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The current labels and model records of one owner, of one boot epoch. A mesh of a thousand holds
 * a million of these in one simulation, so it keeps what it must and reads the rest when asked.
 */
final class OwnerRecords {
  private static final SignedRecord[] NONE = {};

  /* Ordered by key; no longer than it must be. */
  private SignedRecord[] records = NONE;
  private long floor;
  private long hash;
  private @Nullable NodeState state;

  /** Whether this record would change anything. */
  boolean isNews(SignedRecord record) {
    int at = find(record.key());
    return record.version() >= floor && (at < 0 || records[at].version() < record.version());
  }

  boolean has(RecordKey key) {
    return find(key) >= 0;
  }

  int size() {
    return records.length;
  }

  /**
   * Takes a record that is news; {@link IllegalArgumentException} where its value is malformed.
   *
   * @return the one that it replaces, if there was one
   */
  @Nullable SignedRecord put(SignedRecord record) {
    SignedRecord replaced;
    if (record.key().kind() == RecordKey.Kind.LABELS) {
      long newFloor = RecordFormat.readLabels(record.value()).floor();
      replaced = insert(record);
      raiseFloor(newFloor);
    } else {
      if (record.value().size() > 0) {
        RecordFormat.readModel(record.key(), record.value());
      }
      replaced = insert(record);
    }
    state = null;
    return replaced;
  }

  /** All records, the oldest version first. */
  List<SignedRecord> ascending() {
    SignedRecord[] sorted = records.clone();
    Arrays.sort(sorted, Comparator.comparingLong(SignedRecord::version));
    return Collections.unmodifiableList(Arrays.asList(sorted));
  }

  /** The record of that version; null where there is none. */
  @Nullable SignedRecord ofVersion(long version) {
    for (SignedRecord record : records) {
      if (record.version() == version) {
        return record;
      }
    }
    return null;
  }

  /** Equal for equal sets of records, whatever the order in which they came. */
  int hash() {
    return Long.hashCode(hash);
  }

  /** What the owner, reached there, says of itself; made anew only when it says something new. */
  NodeState state(Contact contact) {
    NodeState known = state;
    if (known == null
        || !known.mesh().equals(contact.mesh())
        || !known.api().equals(contact.api())
        || !known.cell().equals(contact.cell())) {
      known = new NodeState(contact.mesh(), contact.api(), contact.cell(), labels(), models());
      state = known;
    }
    return known;
  }

  private SortedMap<String, String> labels() {
    int at = find(RecordKey.LABELS);
    return at < 0
        ? Collections.emptySortedMap()
        : RecordFormat.readLabels(records[at].value()).labels();
  }

  /** What the owner holds, ordered by model name then version. */
  List<Residency> models() {
    List<Residency> models = new ArrayList<>();
    for (SignedRecord record : records) {
      if (record.key().kind() == RecordKey.Kind.MODEL && record.value().size() > 0) {
        models.add(RecordFormat.readModel(record.key(), record.value()));
      }
    }
    return models;
  }

  /** As {@link Collections#binarySearch}. */
  private int find(RecordKey key) {
    int low = 0;
    int high = records.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = records[middle].key().compareTo(key);
      if (order == 0) {
        return middle;
      } else if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  private @Nullable SignedRecord insert(SignedRecord record) {
    hash += mix(record);
    int at = find(record.key());
    if (at >= 0) {
      SignedRecord old = records[at];
      records[at] = record;
      hash -= mix(old);
      return old;
    }
    int place = -at - 1;
    SignedRecord[] more = Arrays.copyOf(records, records.length + 1);
    System.arraycopy(records, place, more, place + 1, records.length - place);
    more[place] = record;
    records = more;
    return null;
  }

  private void raiseFloor(long newFloor) {
    if (newFloor <= floor) {
      return;
    }
    floor = newFloor;
    for (SignedRecord record : records) {
      hash -= record.version() < newFloor ? mix(record) : 0;
    }
    records =
        Arrays.stream(records)
            .filter(record -> record.version() >= newFloor)
            .toArray(SignedRecord[]::new);
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood, 2014): spreads counters over 64 bits. */
  private static long mix(SignedRecord record) {
    // The signature too: a node that lost its boot epoch may have given a version twice.
    long z = 31 * record.version() + record.id() + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
