// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.grpc.Status;

/** What became of a proposal. */
sealed interface Outcome {
  /**
   * It is written.
   *
   * @param version the policy version that it made
   * @param node who said so, counted from 1
   */
  record Acknowledged(long version, int node) implements Outcome {}

  /** It was not written, and will not be. */
  record Refused(Status.Code code, String why) implements Outcome {}

  /** Nobody answered in time: it may be written, or not, or later. */
  record Unknown(String why) implements Outcome {}
}
