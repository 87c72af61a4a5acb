// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

/** What a {@link PolicyMachine} answers to a proposal. */
public sealed interface Decision {
  /** Write this: {@link PolicyMachine#replay} makes it so. */
  record Commit(PolicyRecord record) implements Decision {}

  /** It was committed before, as that version. */
  record Repeated(long version) implements Decision {}

  /** Nothing is to be written. */
  record Refused(PolicyException.Code code, String message) implements Decision {}
}
