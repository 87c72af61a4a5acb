// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.simulator.EventQueue;
import io.rhizome.simulator.VirtualTime;
import java.util.BitSet;
import java.util.SplittableRandom;

/** Carries messages between nodes: each takes its time, or is lost where a link is cut. */
final class Links {
  /** What a lost packet costs the connection that carried it. */
  private static final long RETRANSMIT_NANOS = 200_000_000L;

  private final VirtualTime time;
  private final EventQueue queue;
  private final Setup setup;
  private final SplittableRandom random;
  private final BitSet cut;

  Links(VirtualTime time, EventQueue queue, Setup setup, SplittableRandom random) {
    this.time = time;
    this.queue = queue;
    this.setup = setup;
    this.random = random;
    this.cut = new BitSet(setup.nodes().size() * setup.nodes().size());
  }

  /** From now on nothing gets from there to there, or does again. */
  void cut(int from, int to, boolean now) {
    cut.set(from * setup.nodes().size() + to, now);
  }

  /** Brings something there. */
  void send(int from, int to, Runnable arrival) {
    if (cut.get(from * setup.nodes().size() + to)) {
      return;
    }
    double nanos = setup.rtt().nanos(from, to) / 2.0 * (1 + setup.jitter() * random.nextDouble());
    if (setup.loss() > 0 && random.nextDouble() < setup.loss()) {
      nanos += RETRANSMIT_NANOS;
    }
    queue.at(time.nowNanos() + Math.round(nanos), arrival);
  }
}
