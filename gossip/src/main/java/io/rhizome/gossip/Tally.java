// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/** The running counts behind {@link SwimCounters}. */
final class Tally {
  long refutations;
  long recordsRejected;
  long recordsOverCap;
  long membersDied;
  long accusationsDoubted;

  SwimCounters snapshot() {
    return new SwimCounters(
        refutations, recordsRejected, recordsOverCap, membersDied, accusationsDoubted);
  }
}
