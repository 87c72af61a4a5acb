// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;

/**
 * One node as a candidate: what the router may know of it now.
 *
 * @param id who
 * @param standing whether it is well
 * @param reachability how this node's connections reach it
 * @param rttNanos round trip to it in nanoseconds; 0 for this node, -1 where not yet known
 * @param transferNanosPerKib what each KiB of a request adds to that; 0 where not known
 * @param load what it last said of its load, and what this node sent it since
 * @param loadAgeNanos how old that is in nanoseconds, 0 for this node; {@link Long#MAX_VALUE} where
 *     it was never heard
 * @param outstanding requests that this node sent it and that have not ended
 * @param place where it stands
 */
public record NodeView(
    NodeId id,
    Standing standing,
    Reachability reachability,
    long rttNanos,
    long transferNanosPerKib,
    Load load,
    long loadAgeNanos,
    int outstanding,
    Place place) {
  /** What a round trip not yet measured counts as: about that of a neighbouring site. */
  public static final long UNKNOWN_RTT_NANOS = 1_000_000;

  private static final double BYTES_PER_KIB = 1024;

  /** Whether a node is well, as far as membership and requests have shown. */
  public enum Standing {
    /** It is. */
    WELL("well"),
    /** The failure detector suspects it: only where nobody else can serve. */
    SUSPECT("suspect"),
    /** Requests there failed one after another: only where nobody else can serve. */
    EJECTED("ejected");

    private final String text;

    Standing(String text) {
      this.text = text;
    }

    /** For people. */
    public String text() {
      return text;
    }
  }

  /** This node, so busy. */
  public static NodeView here(NodeId id, Load load, Place place) {
    return new NodeView(id, Standing.WELL, Reachability.DIRECT, 0, 0, load, 0, 0, place);
  }

  /** A peer that said nothing of itself to this node yet: what membership tells. */
  public static NodeView unheard(
      NodeId id, boolean suspect, Reachability reachability, long rttNanos, Place place) {
    Standing standing =
        suspect && !(reachability instanceof Reachability.Direct)
            ? Standing.SUSPECT
            : Standing.WELL;
    return new NodeView(
        id, standing, reachability, rttNanos, 0, Load.UNKNOWN, Long.MAX_VALUE, 0, place);
  }

  /** What a request of that size would take there, part by part. */
  public Estimate estimate(long bytes) {
    long network = rttNanos < 0 ? UNKNOWN_RTT_NANOS : rttNanos;
    double transfer = (double) transferNanosPerKib * bytes / BYTES_PER_KIB;
    return new Estimate(network, Math.round(transfer), load.queueNanos(), load.serviceNanos());
  }
}
