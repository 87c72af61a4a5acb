// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

/** What policy may grow to. All of it is in memory on every node and travels in one snapshot. */
public final class PolicyLimits {
  /** One resource's JSON, in UTF-8. */
  public static final int MAX_BODY_BYTES = 32 << 10;

  /** One proposal, encoded; what is committed at once must fit. */
  public static final int MAX_PROPOSAL_BYTES = 48 << 10;

  /** Changes of one proposal. */
  public static final int MAX_CHANGES = 64;

  /** Resources in all. */
  public static final int MAX_RESOURCES = 10_000;

  /** Bodies of all resources together. */
  public static final int MAX_STATE_BYTES = 8 << 20;

  /**
   * Records that are remembered, for history, audit, watchers that were away and repeated
   * proposals.
   */
  public static final int MAX_RECORDS = 1024;

  /** Bodies of all remembered records together. */
  public static final int MAX_RECORDS_BYTES = 8 << 20;

  static final int MAX_PROOF_BYTES = 512;
  static final int MAX_SUBJECT_CHARS = 128;

  private PolicyLimits() {}
}
