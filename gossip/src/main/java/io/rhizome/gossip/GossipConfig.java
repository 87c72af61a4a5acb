// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * How fast the failure detector and the dissemination run.
 *
 * @param probeIntervalMillis one member is probed per interval; an unanswered probe ends with it
 * @param probeTimeoutMillis then others are asked to probe; below {@code probeIntervalMillis}
 * @param indirectProbes how many others are asked
 * @param suspicionMultiplier a suspect has this times log10(members) probe intervals to refute
 * @param gossipIntervalMillis between rounds of dissemination
 * @param gossipFanout members told per round
 * @param announceIntervalMillis between packets that only say which records are new; such names
 *     ride on pings and their answers too, and alone there while neither few nor very many
 * @param retransmitMultiplier a change is sent this times log10(members) times by each member
 * @param syncIntervalMillis between digest exchanges with one random member, in a small mesh
 * @param deadProbeIntervalMillis between attempts to reach one of the dead, so that a healed
 *     partition is noticed
 * @param forgetAfterMillis how long the dead and the departed stay in view
 * @param joinBackoffMinMillis first pause between attempts to reach a seed while alone
 * @param joinBackoffMaxMillis longest pause, and the interval at which seeds that are not members
 *     are tried while not alone
 * @param maxMembers most members kept, this node not counted
 * @param lifeguard what bounds the harm of members that are slow themselves
 */
public record GossipConfig(
    long probeIntervalMillis,
    long probeTimeoutMillis,
    int indirectProbes,
    int suspicionMultiplier,
    long gossipIntervalMillis,
    int gossipFanout,
    long announceIntervalMillis,
    int retransmitMultiplier,
    long syncIntervalMillis,
    long deadProbeIntervalMillis,
    long forgetAfterMillis,
    long joinBackoffMinMillis,
    long joinBackoffMaxMillis,
    int maxMembers,
    Lifeguard lifeguard) {
  /**
   * The extensions of A. Dadgar, J. Phillips, J. Currey, "Lifeguard: Local Health Awareness for
   * More Accurate Failure Detection", DSN-W 2018; their names there: S, K, beta.
   *
   * @param worstHealth a node that does not keep up stretches its probes by up to this plus 1; 0
   *     for plain SWIM
   * @param confirmations so many more members must suspect the same until a suspect has no more
   *     time than plain SWIM gives it; 0 for plain SWIM
   * @param unconfirmedFactor an unconfirmed suspect has so many times as long; 1 for plain SWIM
   */
  public record Lifeguard(int worstHealth, int confirmations, int unconfirmedFactor) {
    /** As published. */
    public static final Lifeguard ON = new Lifeguard(8, 3, 6);

    public Lifeguard {
      if (worstHealth < 0 || confirmations < 0) {
        throw new IllegalArgumentException(
            "worstHealth and confirmations must be 0 or more: %d, %d"
                .formatted(worstHealth, confirmations));
      }
      atLeastOne("unconfirmedFactor", unconfirmedFactor);
    }
  }

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int FEW_MEMBERS = 128;

  public GossipConfig {
    atLeastOne("probeTimeoutMillis", probeTimeoutMillis);
    atLeastOne("suspicionMultiplier", suspicionMultiplier);
    atLeastOne("gossipIntervalMillis", gossipIntervalMillis);
    atLeastOne("gossipFanout", gossipFanout);
    atLeastOne("announceIntervalMillis", announceIntervalMillis);
    atLeastOne("retransmitMultiplier", retransmitMultiplier);
    atLeastOne("syncIntervalMillis", syncIntervalMillis);
    atLeastOne("deadProbeIntervalMillis", deadProbeIntervalMillis);
    atLeastOne("forgetAfterMillis", forgetAfterMillis);
    atLeastOne("joinBackoffMinMillis", joinBackoffMinMillis);
    atLeastOne("maxMembers", maxMembers);
    if (indirectProbes < 0) {
      throw new IllegalArgumentException("indirectProbes must be 0 or more: " + indirectProbes);
    }
    if (probeTimeoutMillis >= probeIntervalMillis) {
      throw new IllegalArgumentException(
          "probeTimeoutMillis (%d) must be below probeIntervalMillis (%d)"
              .formatted(probeTimeoutMillis, probeIntervalMillis));
    }
    if (joinBackoffMaxMillis < joinBackoffMinMillis) {
      throw new IllegalArgumentException(
          "joinBackoffMaxMillis (%d) must not be below joinBackoffMinMillis (%d)"
              .formatted(joinBackoffMaxMillis, joinBackoffMinMillis));
    }
  }

  /** Settings for a local network of up to about a thousand members. */
  public static GossipConfig defaults() {
    return new GossipConfig(
        1_000,
        500,
        3,
        4,
        200,
        3,
        500,
        4,
        10_000,
        5_000,
        600_000,
        1_000,
        30_000,
        4_096,
        Lifeguard.ON);
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

  long announceIntervalNanos() {
    return announceIntervalMillis * NANOS_PER_MILLI;
  }

  /**
   * Between digest exchanges that one node begins in a mesh of that many members: above {@value
   * #FEW_MEMBERS}, one interval more with each doubling, since there is more to say each time.
   */
  long syncNanos(int members) {
    int doublings = Integer.SIZE - Integer.numberOfLeadingZeros((members - 1) / FEW_MEMBERS);
    return syncIntervalMillis * NANOS_PER_MILLI * (1 + doublings);
  }

  long deadProbeIntervalNanos() {
    return deadProbeIntervalMillis * NANOS_PER_MILLI;
  }

  long forgetAfterNanos() {
    return forgetAfterMillis * NANOS_PER_MILLI;
  }

  long joinBackoffMinNanos() {
    return joinBackoffMinMillis * NANOS_PER_MILLI;
  }

  long joinBackoffMaxNanos() {
    return joinBackoffMaxMillis * NANOS_PER_MILLI;
  }

  /** How long a suspect has to refute, in a mesh of that many members, once others confirm it. */
  long suspicionNanos(int members) {
    double scale = StrictMath.max(1.0, StrictMath.log10(StrictMath.max(1, members)));
    return (long) (suspicionMultiplier * scale * probeIntervalNanos());
  }

  /** How often each member sends one change in a mesh of that many members. */
  int retransmits(int members) {
    return retransmitMultiplier * (int) StrictMath.ceil(StrictMath.log10(members + 1.0));
  }

  private static void atLeastOne(String field, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(field + " must be at least 1: " + value);
    }
  }
}
