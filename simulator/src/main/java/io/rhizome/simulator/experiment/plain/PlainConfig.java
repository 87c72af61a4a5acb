// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment.plain;

/**
 * How fast plain SWIM runs.
 *
 * @param probeIntervalMillis one member is probed per interval; an unanswered probe ends with it
 * @param probeTimeoutMillis then others are asked to probe, and the member is dialled
 * @param indirectProbes how many others are asked
 * @param suspicionMultiplier a suspect has this times log10(members) probe intervals to refute
 * @param gossipIntervalMillis between rounds of dissemination
 * @param gossipFanout members told per round
 * @param retransmitMultiplier a change is sent this times log10(members) times by each member
 * @param syncIntervalMillis between exchanges of all that is known with one random member
 */
public record PlainConfig(
    long probeIntervalMillis,
    long probeTimeoutMillis,
    int indirectProbes,
    int suspicionMultiplier,
    long gossipIntervalMillis,
    int gossipFanout,
    int retransmitMultiplier,
    long syncIntervalMillis) {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** The baseline of Lifeguard's evaluation: alpha is 5, the rest as on a local network. */
  public static PlainConfig baseline() {
    return new PlainConfig(1_000, 500, 3, 5, 200, 3, 4, 30_000);
  }

  long probeIntervalNanos() {
    return probeIntervalMillis * NANOS_PER_MILLI;
  }

  long probeTimeoutNanos() {
    return probeTimeoutMillis * NANOS_PER_MILLI;
  }

  long gossipIntervalNanos() {
    return gossipIntervalMillis * NANOS_PER_MILLI;
  }

  long syncIntervalNanos() {
    return syncIntervalMillis * NANOS_PER_MILLI;
  }

  long suspicionNanos(int members) {
    double scale = StrictMath.max(1.0, StrictMath.log10(members));
    return (long) (suspicionMultiplier * scale * probeIntervalNanos());
  }

  int retransmits(int members) {
    return retransmitMultiplier * (int) StrictMath.ceil(StrictMath.log10(members + 1.0));
  }
}
