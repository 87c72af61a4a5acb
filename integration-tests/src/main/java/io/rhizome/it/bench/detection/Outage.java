// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.detection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * One node is gone for {@link #LENGTH}.
 *
 * @param atNanos from the start of the schedule
 * @param victim which node, from 1
 * @param kind how
 */
record Outage(long atNanos, int victim, Kind kind) {
  /** Longer than any detection takes. */
  static final Duration LENGTH = Duration.ofSeconds(14);

  /** From one outage to the next. */
  static final Duration GAP = Duration.ofSeconds(12);

  /** A process that was started again is taken to have its wits together after so long. */
  static final Duration RETURN = Duration.ofSeconds(15);

  /** A node that is back is left in peace for so long. */
  private static final Duration PEACE = Duration.ofSeconds(20);

  /** What happens to the victim. */
  enum Kind {
    /** Killed, and started again with the next boot epoch. */
    KILL,
    /** Stopped by a signal, and continued. */
    STOP
  }

  long endNanos() {
    return atNanos + LENGTH.toNanos();
  }

  /** That many outages of each kind, in random order, of random nodes. */
  static List<Outage> schedule(Random random, int nodes, int kills, int stops) {
    List<Kind> kinds = new ArrayList<>(Collections.nCopies(kills, Kind.KILL));
    kinds.addAll(Collections.nCopies(stops, Kind.STOP));
    Collections.shuffle(kinds, random);
    long[] freeNanos = new long[nodes + 1];
    List<Outage> outages = new ArrayList<>();
    for (Kind kind : kinds) {
      long at = outages.size() * GAP.toNanos();
      int victim = 1 + random.nextInt(nodes);
      while (freeNanos[victim] > at) {
        victim = 1 + random.nextInt(nodes);
      }
      Outage outage = new Outage(at, victim, kind);
      freeNanos[victim] = outage.endNanos() + PEACE.toNanos();
      outages.add(outage);
    }
    return outages;
  }
}
