// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * Takes nobody's word for what another said. A record is verified when it is news and never again;
 * one whose signature fails changes nothing and is counted.
 */
final class Verifier {
  /** Most records kept per owner: live ones and tombstones. */
  static final int MAX_RECORDS_PER_OWNER = 2_048;

  private final RecordAuthority authority;
  private final Tally tally;

  Verifier(RecordAuthority authority, Tally tally) {
    this.authority = authority;
    this.tally = tally;
  }

  /** Whether an admitted owner signed this record. */
  boolean isGenuine(SignedRecord record) {
    return counted(record.isVerifiedBy(authority));
  }

  /** Whether an admitted member signed this accusation. */
  boolean isGenuine(Accusation accusation) {
    return counted(accusation.isVerifiedBy(authority));
  }

  /**
   * Whether a labels or model record adds to what is held of its owner, of the same boot epoch: it
   * is news, there is room, and it is genuine.
   */
  boolean accepts(SignedRecord record, OwnerRecords held) {
    if (!held.isNews(record)) {
      return false;
    }
    if (!held.has(record.key()) && held.size() >= MAX_RECORDS_PER_OWNER) {
      tally.recordsOverCap++;
      return false;
    }
    return isGenuine(record);
  }

  private boolean counted(boolean genuine) {
    tally.recordsRejected += genuine ? 0 : 1;
    return genuine;
  }
}
