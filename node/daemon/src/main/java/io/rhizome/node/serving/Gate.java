// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.admission.Admission;
import io.rhizome.scheduler.admission.AdmissionConfig;
import io.rhizome.scheduler.admission.Ticket;
import java.util.function.LongSupplier;

/**
 * Drives {@link Admission}: every request that is to run on this node's executor passes here,
 * whether a client or a peer sent it. Any thread; what it calls back runs outside its lock, on the
 * thread that made it possible.
 */
public final class Gate {
  /** What waits before the executor. */
  interface Run {
    /** Its turn: give it to the executor, and say so to {@link Gate#ended} when it ends. */
    void run();

    /** There is no room for it. */
    void refused(String why, long retryNanos);

    /** Its deadline passed while it waited. */
    void expired();
  }

  private final LongSupplier clock;
  private final Admission<Run> admission;

  /**
   * A gate before an idle executor.
   *
   * @param clock nanoseconds, on the scale of the tickets' deadlines
   */
  public Gate(AdmissionConfig config, LongSupplier clock) {
    this.clock = clock;
    this.admission = new Admission<>(config);
  }

  /** A request is to run here: its {@link Run} hears what becomes of it, at once or later. */
  void offer(Ticket<Run> ticket) {
    Admission.Change<Run> change;
    synchronized (admission) {
      change = admission.offer(clock.getAsLong(), ticket);
    }
    follow(change);
  }

  /**
   * A request that was run ended.
   *
   * @param ranNanos how long it ran; -1 where it did not get to run
   */
  void ended(Ticket<Run> ticket, long ranNanos) {
    Admission.Change<Run> change;
    synchronized (admission) {
      change = admission.onEnd(clock.getAsLong(), ticket, ranNanos);
    }
    follow(change);
  }

  /** Whether it still waited; then it does no more, and hears nothing. */
  boolean cancel(Ticket<Run> ticket) {
    synchronized (admission) {
      return admission.cancel(ticket);
    }
  }

  /** How busy this node is. */
  Load load(long nowNanos) {
    synchronized (admission) {
      return admission.load(nowNanos);
    }
  }

  /** Whether requests wait for their turn. */
  public boolean requestsWait() {
    synchronized (admission) {
      return admission.waiting() > 0;
    }
  }

  private static void follow(Admission.Change<Run> change) {
    change.refused().forEach(out -> out.ticket().work().refused(out.why(), out.retryNanos()));
    change.expired().forEach(ticket -> ticket.work().expired());
    change.run().forEach(ticket -> ticket.work().run());
  }
}
