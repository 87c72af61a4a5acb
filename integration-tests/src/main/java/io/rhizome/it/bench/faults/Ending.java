// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

/** How a request ended for its client. */
public enum Ending {
  /** With an answer. */
  ANSWERED,
  /** Refused for lack of room, with a hint when to try again. */
  REJECTED,
  /** Given up by its client on purpose. */
  CANCELLED,
  /** With any other error, or given up because nothing came. */
  FAILED
}
