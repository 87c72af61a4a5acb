// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

/**
 * Where a job comes from. Immutable.
 *
 * @param region in which its client handed it in: policy may keep it there; empty where nobody
 *     knows
 * @param site which site handed it to this one; empty where a client did
 */
public record JobSource(String region, String site) {
  /** Nobody knows. */
  public static final JobSource UNKNOWN = new JobSource("", "");
}
