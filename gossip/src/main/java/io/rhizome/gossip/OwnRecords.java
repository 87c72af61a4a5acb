// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.rhizome.gossip.coordinate.Coordinate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What this node says of itself: keeps its incarnation and versions, and signs a record for each
 * change.
 *
 * <p>An unloaded model leaves a tombstone, since a peer may have missed the news. Tombstones go in
 * two steps: every {@value #TOMBSTONES} of them, the records that still live are said anew above a
 * mark, and the mark of the time before becomes the floor below which all members drop records. By
 * then everyone has long seen what was said anew.
 */
final class OwnRecords {
  /** Most models one node advertises: even if all are replaced twice, the records fit the bound. */
  static final int MAX_MODELS = 512;

  static final int TOMBSTONES = 100;

  private static final int PROTOCOL = 1;

  private final NodeId self;
  private final RecordAuthority authority;
  private final NavigableMap<RecordKey, Residency> held = new TreeMap<>();
  private final NavigableSet<RecordKey> tombstones = new TreeSet<>();
  private OwnerRecords said = new OwnerRecords();
  private NodeState state;
  private List<NodeId> relays = List.of();
  private SignedRecord alive;
  private long incarnation;
  private long lastVersion;
  private long floor;
  private long nextFloor;

  OwnRecords(NodeId self, int bootEpoch, NodeState initial, RecordAuthority authority) {
    if (bootEpoch < 1) {
      throw new IllegalArgumentException("bootEpoch must be at least 1: " + bootEpoch);
    }
    check(initial);
    this.self = self;
    this.authority = authority;
    this.state = initial;
    this.incarnation = (long) bootEpoch << 32;
    this.lastVersion = incarnation;
    this.floor = incarnation;
    this.nextFloor = incarnation;
    this.alive = signAlive();
  }

  /** {@link IllegalArgumentException} where a state is too large for gossip, naming the part. */
  static void check(NodeState state) {
    RecordFormat.labels(0, state.labels());
    if (state.models().size() > MAX_MODELS) {
      throw new IllegalArgumentException(
          "models has %d entries, at most %d can be advertised: unload some"
              .formatted(state.models().size(), MAX_MODELS));
    }
    for (Residency residency : state.models()) {
      RecordKey.of(residency);
      RecordFormat.model(residency);
    }
  }

  SignedRecord alive() {
    return alive;
  }

  long incarnation() {
    return incarnation;
  }

  Endpoint mesh() {
    return state.mesh();
  }

  Contact contact() {
    return new Contact(state.mesh(), state.api(), state.cell(), relays, PROTOCOL, PROTOCOL);
  }

  /** The first labels and model records, after the alive record that the constructor signed. */
  List<SignedRecord> announce() {
    List<SignedRecord> records = new ArrayList<>();
    records.add(signLabels());
    publishModels(state, records);
    return records;
  }

  /** Signs what differs from what was said before, the alive record included. */
  List<SignedRecord> publish(NodeState next) {
    check(next);
    List<SignedRecord> records = new ArrayList<>();
    NodeState before = state;
    state = next;
    if (!next.mesh().equals(before.mesh())
        || !next.api().equals(before.api())
        || !next.cell().equals(before.cell())) {
      incarnation++;
      alive = signAlive();
      records.add(alive);
    }
    publishModels(next, records);
    if (!next.labels().equals(before.labels())) {
      records.add(signLabels());
    }
    if (tombstones.size() >= TOMBSTONES) {
      sayAnew(records);
    }
    return records;
  }

  /** Says through whom this node is reached. */
  SignedRecord reachedThrough(List<NodeId> others) {
    relays = List.copyOf(others);
    return outlive(incarnation);
  }

  /** Outlives an accusation of that incarnation. */
  SignedRecord outlive(long accused) {
    incarnation = Math.max(incarnation, accused) + 1;
    alive = signAlive();
    return alive;
  }

  /** What others than gossip see of this node, which is there. */
  Member member(boolean left, Coordinate coordinate) {
    Member.Status status = left ? Member.Status.LEFT : Member.Status.ALIVE;
    NodeState shown = said.state(contact());
    return new Member(self, status, incarnation, shown, 0, Reachability.DIRECT, coordinate);
  }

  /** What this life has said, as others hold it. */
  OwnerRecords said() {
    return said;
  }

  /**
   * Whether this record of this node, if genuine, was signed by another life of it that outranks or
   * equals this one: its boot epoch was lost or restored, or another process runs with its key.
   */
  boolean isForeign(SignedRecord record) {
    if (record.epoch() != epoch()) {
      return record.epoch() > epoch();
    }
    return switch (record.key().kind()) {
      case ALIVE ->
          record.version() > incarnation
              || (record.version() == incarnation && !record.equals(alive));
      case LEAVE -> true;
      case LABELS, MODEL -> {
        SignedRecord mine = said.ofVersion(record.version());
        boolean neverSaid = mine == null && !said.has(record.key()) && record.version() >= floor;
        yield record.version() > lastVersion
            || (mine != null && !mine.equals(record))
            || (neverSaid && record.value().size() > 0);
      }
    };
  }

  /** Begins a life above that epoch; all that is said of this node is said anew. */
  List<SignedRecord> startEpochAbove(int foreign) {
    incarnation = ((long) Math.max(epoch(), foreign) + 1) << 32;
    lastVersion = incarnation;
    floor = incarnation;
    nextFloor = incarnation;
    tombstones.clear();
    said = new OwnerRecords();
    alive = signAlive();
    List<SignedRecord> records = new ArrayList<>();
    records.add(alive);
    records.add(signLabels());
    held.forEach((key, model) -> records.add(sign(key, RecordFormat.model(model))));
    return records;
  }

  int epoch() {
    return (int) (incarnation >>> 32);
  }

  SignedRecord leave() {
    return SignedRecord.sign(self, RecordKey.LEAVE, incarnation, Bytes.EMPTY, authority);
  }

  private void publishModels(NodeState next, List<SignedRecord> records) {
    NavigableMap<RecordKey, Residency> wanted = new TreeMap<>();
    next.models().forEach(model -> wanted.put(RecordKey.of(model), model));
    List<RecordKey> gone = new ArrayList<>(held.keySet());
    gone.removeAll(wanted.keySet());
    for (RecordKey key : gone) {
      held.remove(key);
      tombstones.add(key);
      records.add(sign(key, Bytes.EMPTY));
    }
    wanted.forEach(
        (key, model) -> {
          if (!model.equals(held.put(key, model))) {
            tombstones.remove(key);
            records.add(sign(key, RecordFormat.model(model)));
          }
        });
  }

  private void sayAnew(List<SignedRecord> records) {
    tombstones.clear();
    floor = nextFloor;
    nextFloor = lastVersion + 1;
    held.forEach((key, model) -> records.add(sign(key, RecordFormat.model(model))));
    records.add(signLabels());
  }

  private SignedRecord signAlive() {
    return SignedRecord.sign(
        self, RecordKey.ALIVE, incarnation, RecordFormat.alive(contact()), authority);
  }

  private SignedRecord signLabels() {
    return sign(RecordKey.LABELS, RecordFormat.labels(floor, state.labels()));
  }

  private SignedRecord sign(RecordKey key, Bytes value) {
    lastVersion++;
    return SignedRecord.sign(self, key, lastVersion, value, authority);
  }
}
