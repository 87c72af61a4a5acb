// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import java.util.List;

/**
 * A mesh as it is built.
 *
 * @param nodes who is in it
 * @param rtt round trips between them
 * @param jitter a message takes up to that share longer, each time anew
 * @param loss share of messages that a packet is lost of
 * @param admission whether receivers refuse what they have no room for; without, all waits in line
 * @param queueCapacity requests that may wait for room at a node
 * @param serviceNanos mean run time on an undisturbed worker of speed 1
 * @param board every so often all loads are shown to all; 0 for at every moment; negative where
 *     nodes know of each other what they heard
 * @param loadNanos how long a node takes to load the model where it has it on disk only
 */
public record Setup(
    List<Spec> nodes,
    Rtt rtt,
    double jitter,
    double loss,
    boolean admission,
    int queueCapacity,
    long serviceNanos,
    long board,
    long loadNanos) {
  /** Nodes know of each other what they heard. */
  public static final long NO_BOARD = -1;

  public Setup {
    nodes = List.copyOf(nodes);
  }

  /** One in which all have the model loaded from the start. */
  public Setup(
      List<Spec> nodes,
      Rtt rtt,
      double jitter,
      double loss,
      boolean admission,
      int queueCapacity,
      long serviceNanos,
      long board) {
    this(nodes, rtt, jitter, loss, admission, queueCapacity, serviceNanos, board, 0);
  }

  /** Whether some have the model on disk only: then it may be loaded on demand. */
  boolean loadsOnDemand() {
    return nodes.stream().anyMatch(Spec::cold);
  }

  /** Round trips. */
  public interface Rtt {
    /** Between those two, in nanoseconds; 0 from a node to itself. */
    long nanos(int from, int to);
  }

  /**
   * One node.
   *
   * @param workers what it runs at once; 0 where it runs nothing
   * @param speed of each worker
   * @param disturbance others' work there
   * @param region where it stands; empty for nowhere in particular
   * @param cold whether it starts with the model on disk only
   */
  public record Spec(
      int workers, double speed, Antagonist disturbance, String region, boolean cold) {
    /** One that has the model loaded. */
    public Spec(int workers, double speed, Antagonist disturbance, String region) {
      this(workers, speed, disturbance, region, false);
    }

    /** One that has the model loaded and stands nowhere in particular. */
    public Spec(int workers, double speed, Antagonist disturbance) {
      this(workers, speed, disturbance, "");
    }
  }
}
