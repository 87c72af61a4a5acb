// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Priority;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Which requests run now on this node's executor, which wait, and which are refused.
 *
 * <p><b>Goals.</b> An overloaded node goes on answering as many requests as it can run, all within
 * their deadlines; whoever is refused learns it at once; urgent requests hardly notice that there
 * are others; no tenant and no model takes all.
 *
 * <p><b>Algorithm.</b> At most {@link ConcurrencyLimit} requests are with the executor. The others
 * wait by class, most urgent first, tenants of a class taking turns. A request is refused on
 * arrival if by the rate at which its class is served it would wait too long for its deadline: to
 * refuse early costs nothing, to run what nobody waits for any more costs a run (CoDel's and
 * DAGOR's lesson). It is refused too if the room that its class or its model may fill is full,
 * unless another makes room there: the newest of the tenant with most waiting in the least urgent
 * class below its own, or in its own class, where that tenant has more waiting than its own. While
 * requests of a more urgent class come, one in {@value #KEPT_FREE} places stays free for them, and
 * the starts of the less urgent are spread over time ({@link Spacing}): runs that began together
 * end together, and who comes just after would wait for a whole run.
 *
 * <pre>
 * NEW      offered: past its deadline             ENDED    in {@link Change#expired}
 * NEW      offered: a place is free for its class RUNNING  in {@link Change#run}
 * NEW      offered: none is                       WAITING
 * NEW      offered: no room, or too long a wait   ENDED    in {@link Change#refused}
 * WAITING  its turn                               RUNNING  in {@link Change#run}
 * WAITING  its turn, past its deadline            ENDED    in {@link Change#expired}
 * WAITING  makes room for another                 ENDED    in {@link Change#refused}
 * WAITING  cancelled                              ENDED
 * RUNNING  ended                                  ENDED
 * </pre>
 *
 * <p>Not thread-safe: the driver guards it and does what a {@link Change} says outside the guard.
 *
 * @param <W> what the driver runs
 */
public final class Admission<W> {
  /** Of all places, one in so many is kept for the more urgent. */
  private static final int KEPT_FREE = 16;

  private static final double LEAST_SHARE = 0.02;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long MIN_RETRY_NANOS = 20_000_000L;
  private static final long MAX_RETRY_NANOS = 5_000_000_000L;

  private static final List<Priority> LEAST_URGENT_FIRST =
      List.of(Priority.BATCH, Priority.STANDARD, Priority.INTERACTIVE);

  private final AdmissionConfig config;
  private final ConcurrencyLimit limit;
  private final Map<Priority, ClassQueue<W>> queues = new EnumMap<>(Priority.class);
  private final SortedMap<String, Integer> waitingByModel = new TreeMap<>();
  private final StartRates rates = new StartRates();
  private final Spacing spacing = new Spacing();
  private int waiting;
  private int running;
  private final RunTimes runTimes = new RunTimes();

  /** An empty node. */
  public Admission(AdmissionConfig config) {
    this.config = config;
    this.limit = new ConcurrencyLimit(config.initialLimit(), config.maxLimit());
    for (Priority priority : Priority.values()) {
      queues.put(priority, new ClassQueue<>());
    }
  }

  /**
   * What to do now.
   *
   * @param run to be given to the executor, in order
   * @param refused to be refused
   * @param expired whose deadline has passed
   */
  public record Change<W>(List<Ticket<W>> run, List<Refused<W>> refused, List<Ticket<W>> expired) {}

  /**
   * A request that is refused for want of room.
   *
   * @param ticket which
   * @param why for people
   * @param retryNanos when there may be room
   */
  public record Refused<W>(Ticket<W> ticket, String why, long retryNanos) {}

  /** A request came that is to run here; {@link IllegalStateException} if it came before. */
  public Change<W> offer(long nowNanos, Ticket<W> ticket) {
    if (ticket.state != Ticket.State.NEW) {
      throw new IllegalStateException("offered twice");
    }
    Change<W> change = new Change<>(new ArrayList<>(1), new ArrayList<>(0), new ArrayList<>(0));
    if (ticket.deadlineNanos() - nowNanos <= 0) {
      ticket.state = Ticket.State.ENDED;
      change.expired().add(ticket);
      return change;
    }
    if (isPlaceFree(nowNanos, ticket.priority()) && isDue(nowNanos, ticket.priority())) {
      hand(nowNanos, ticket, change);
      return change;
    }
    noteReached();
    long wait = waitNanos(nowNanos, ticket.priority(), ticket.tenant());
    long longest = config.longestWaitNanos(ticket.priority(), ticket.deadlineNanos() - nowNanos);
    if (wait > longest) {
      String why = "it would wait about " + wait / 1_000_000 + " ms";
      refuse(nowNanos, ticket, why, wait, change);
    } else if (waitingByModel.getOrDefault(ticket.model(), 0)
            >= config.roomPerModel(ticket.priority())
        && !makeRoom(nowNanos, ticket, other -> other.model().equals(ticket.model()), change)) {
      refuse(nowNanos, ticket, "too many requests for this model wait", wait, change);
    } else if (waiting >= config.room(ticket.priority())
        && !makeRoom(nowNanos, ticket, other -> true, change)) {
      refuse(nowNanos, ticket, "the queue is full: " + waiting + " requests wait", wait, change);
    } else {
      enqueue(ticket);
      fill(nowNanos, change);
    }
    return change;
  }

  /**
   * A request that was run ended, however it did.
   *
   * @param ranNanos how long it ran; -1 where it did not get to run
   */
  public Change<W> onEnd(long nowNanos, Ticket<W> ticket, long ranNanos) {
    Change<W> change = new Change<>(new ArrayList<>(1), new ArrayList<>(0), new ArrayList<>(0));
    if (ticket.state != Ticket.State.RUNNING) {
      return change;
    }
    ticket.state = Ticket.State.ENDED;
    if (waiting > 0) {
      noteReached();
    }
    running--;
    if (running == 0) {
      runTimes.onIdle(nowNanos);
    }
    if (ranNanos >= 0) {
      runTimes.add(ranNanos);
      limit.onEnd(nowNanos, ranNanos, nowNanos - ticket.handedNanos);
    }
    fill(nowNanos, change);
    return change;
  }

  /** Whether that one waited; it does no more. One that runs is the driver's to stop. */
  public boolean cancel(Ticket<W> ticket) {
    if (ticket.state != Ticket.State.WAITING) {
      return false;
    }
    queue(ticket.priority()).remove(ticket);
    leftQueue(ticket);
    ticket.state = Ticket.State.ENDED;
    return true;
  }

  /** How busy this node is, for a request of the middle class. */
  public Load load(long nowNanos) {
    long wait =
        isPlaceFree(nowNanos, Priority.STANDARD) ? 0 : waitNanos(nowNanos, Priority.STANDARD, "");
    return new Load(running + waiting, limit.now(), wait, Math.round(runTimes.nanos(nowNanos)));
  }

  /** Requests that wait. */
  public int waiting() {
    return waiting;
  }

  /** Requests that the executor has. */
  public int running() {
    return running;
  }

  /** Whether there is a place that one of that class would be the next to take. */
  private boolean isPlaceFree(long nowNanos, Priority priority) {
    return running < places(nowNanos, priority)
        && (waiting == 0 || mostUrgentWaiting().compareTo(priority) > 0);
  }

  /**
   * Whether the next of that class may start. Where it may not, something runs, whose end is looked
   * at again.
   */
  private boolean isDue(long nowNanos, Priority priority) {
    return running == 0
        || config.queueCapacity() == 0
        || rates.moreUrgent(nowNanos, priority) == 0
        || spacing.isDue(nowNanos);
  }

  /** How many may be with the executor where the last of them is of that class. */
  private int places(long nowNanos, Priority priority) {
    int all = limit.now();
    return rates.moreUrgent(nowNanos, priority) > 0 ? all - all / KEPT_FREE : all;
  }

  private void noteReached() {
    if (running >= limit.now()) {
      limit.onReached();
    }
  }

  private void fill(long nowNanos, Change<W> change) {
    while (waiting > 0) {
      Priority priority = mostUrgentWaiting();
      if (running >= places(nowNanos, priority) || !isDue(nowNanos, priority)) {
        return;
      }
      Ticket<W> next = queue(priority).poll().orElseThrow();
      leftQueue(next);
      if (next.deadlineNanos() - nowNanos <= 0) {
        next.state = Ticket.State.ENDED;
        change.expired().add(next);
      } else {
        hand(nowNanos, next, change);
      }
    }
  }

  private Priority mostUrgentWaiting() {
    for (Map.Entry<Priority, ClassQueue<W>> queue : queues.entrySet()) {
      if (queue.getValue().size() > 0) {
        return queue.getKey();
      }
    }
    throw new IllegalStateException("waiting counts " + waiting + ", and the queues are empty");
  }

  private void hand(long nowNanos, Ticket<W> ticket, Change<W> change) {
    ticket.state = Ticket.State.RUNNING;
    ticket.handedNanos = nowNanos;
    running++;
    runTimes.onBusy(nowNanos);
    if (rates.moreUrgent(nowNanos, ticket.priority()) > 0) {
      spacing.onStart(nowNanos, Math.round(runTimes.nanos(nowNanos) / limit.now()));
    }
    rates.onStart(nowNanos, ticket.priority());
    change.run().add(ticket);
  }

  private void enqueue(Ticket<W> ticket) {
    ticket.state = Ticket.State.WAITING;
    queue(ticket.priority()).add(ticket);
    waitingByModel.merge(ticket.model(), 1, Integer::sum);
    waiting++;
  }

  private void leftQueue(Ticket<W> ticket) {
    waiting--;
    if (waitingByModel.merge(ticket.model(), -1, Integer::sum) <= 0) {
      waitingByModel.remove(ticket.model());
    }
  }

  /** Puts one of those out of the queue that has to yield to this one; false where none has. */
  private boolean makeRoom(
      long nowNanos, Ticket<W> ticket, Predicate<Ticket<W>> which, Change<W> change) {
    for (Priority other : LEAST_URGENT_FIRST) {
      int order = other.compareTo(ticket.priority());
      if (order < 0) {
        return false;
      }
      // Of its own class, only one of a tenant that would still have no fewer waiting than its own.
      int moreThan = order > 0 ? 0 : queue(other).waiting(ticket.tenant()) + 1;
      Optional<Ticket<W>> last = queue(other).pollNewestOfLongest(moreThan, which);
      if (last.isPresent()) {
        leftQueue(last.get());
        String who = order > 0 ? "more urgent request" : "request of a tenant with fewer waiting";
        long wait = waitNanos(nowNanos, other, last.get().tenant());
        refuse(nowNanos, last.get(), "a " + who + " took its place", wait, change);
        return true;
      }
    }
    return false;
  }

  private ClassQueue<W> queue(Priority priority) {
    return Objects.requireNonNull(queues.get(priority));
  }

  /** All that were refused in the last second will come back, one after another at best. */
  private void refuse(
      long nowNanos, Ticket<W> ticket, String why, long waitNanos, Change<W> change) {
    ticket.state = Ticket.State.ENDED;
    rates.onRefusal(nowNanos);
    double others = rates.refusals(nowNanos) * runTimes.nanos(nowNanos) / limit.now();
    long retry = Math.round(Math.min(MAX_RETRY_NANOS, waitNanos + others));
    retry = Math.max(MIN_RETRY_NANOS, retry);
    change.refused().add(new Refused<>(ticket, why, retry));
  }

  /** How long one more of that class and tenant would wait. */
  private long waitNanos(long nowNanos, Priority priority, String tenant) {
    int ahead = queue(priority).ahead(tenant);
    for (Priority other : Priority.values()) {
      if (other.compareTo(priority) < 0) {
        ahead += queue(other).size();
      }
    }
    double perRequest = runTimes.nanos(nowNanos) / limit.now();
    // More urgent ones will go on coming as they do, and pass by.
    double urgent = rates.moreUrgent(nowNanos, priority) * perRequest / NANOS_PER_SECOND;
    return Math.round((ahead + 1) * perRequest / Math.max(LEAST_SHARE, 1 - urgent));
  }
}
