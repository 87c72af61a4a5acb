// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The labels and model records of every known owner, this node's own included. A record is verified
 * when it is news and never again; one whose signature fails changes nothing.
 */
final class NodeStateStore {
  /** Most records kept per owner: live ones and tombstones. */
  static final int MAX_RECORDS_PER_OWNER = 2_048;

  private static final OwnerRecords NONE = new OwnerRecords();

  private final RecordAuthority authority;
  private final Tally tally;
  private final Map<NodeId, OwnerRecords> owners = new LinkedHashMap<>();

  NodeStateStore(RecordAuthority authority, Tally tally) {
    this.authority = authority;
    this.tally = tally;
  }

  /** Starts an owner, or starts it anew: what it said in an earlier boot epoch counts no more. */
  OwnerRecords startEpoch(NodeId owner) {
    OwnerRecords records = new OwnerRecords();
    owners.put(owner, records);
    return records;
  }

  void forget(NodeId owner) {
    owners.remove(owner);
  }

  OwnerRecords of(NodeId owner) {
    return owners.getOrDefault(owner, NONE);
  }

  /** Takes a record that this node has just signed itself. */
  void putOwn(SignedRecord record) {
    of(record.owner()).put(record);
  }

  /**
   * Takes a labels or model record of a known owner if it is news and genuine.
   *
   * @param epoch the owner's current boot epoch: records of any other are ignored
   * @return whether anything changed
   */
  boolean accept(SignedRecord record, int epoch) {
    OwnerRecords records = of(record.owner());
    if (records == NONE || record.epoch() != epoch || !records.isNews(record)) {
      return false;
    }
    if (!records.has(record.key()) && records.size() >= MAX_RECORDS_PER_OWNER) {
      tally.recordsOverCap++;
      return false;
    }
    if (!isGenuine(record)) {
      return false;
    }
    try {
      records.put(record);
      return true;
    } catch (IllegalArgumentException e) {
      tally.recordsRejected++;
      return false;
    }
  }

  /** Whether an admitted owner signed this record; a rejection is counted. */
  boolean isGenuine(SignedRecord record) {
    if (record.isVerifiedBy(authority)) {
      return true;
    }
    tally.recordsRejected++;
    return false;
  }

  /** What a known owner, reached there, says of itself. */
  NodeState state(NodeId owner, Contact contact) {
    return of(owner).state(contact);
  }
}
