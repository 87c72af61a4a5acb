// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.DispatchError.Attempt;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.RouteDecision.Considered;
import io.rhizome.scheduler.RouteDecision.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One request's life at one node: attempt, failure, next attempt, within deadline and bounds.
 *
 * <p>One instance per request; no clock, no IO, no threads. Not thread-safe: the driver calls it
 * from one thread at a time, does what the returned {@link Step} says, and either hands the answer
 * to the caller (and drops this object) or reports the failure. Every request ends: a node that
 * failed is never tried again from here, and attempts are bounded.
 *
 * <pre>
 * state    event                                      next     step
 * NEW      start, deadline passed                     ENDED    Fail DEADLINE_EXCEEDED
 * NEW      start, router says here                    PENDING  RunHere
 * NEW      start, router says elsewhere               PENDING  Forward
 * NEW      start, router says no holder               ENDED    Fail NO_HOLDER
 * NEW      start, router says exhausted or hop limit  ENDED    Fail UNAVAILABLE
 * PENDING  FINAL                                      ENDED    Fail FINAL
 * PENDING  EXPIRED                                    ENDED    Fail DEADLINE_EXCEEDED
 * PENDING  CANCELLED                                  ENDED    Fail CANCELLED
 * PENDING  OVERLOADED, REFUSED or BROKEN:
 *            deadline passed                          ENDED    Fail DEADLINE_EXCEEDED
 *            attempts used up                         ENDED    Fail OVERLOADED or UNAVAILABLE
 *            router says here                         PENDING  RunHere
 *            router says elsewhere                    PENDING  Forward
 *            router refuses                           ENDED    Fail OVERLOADED or UNAVAILABLE
 * </pre>
 *
 * <p>OVERLOADED is reported when any attempt was refused for lack of room: then waiting helps.
 */
public final class Dispatch {
  private static final int MAX_LISTED = 8;

  private final Request request;
  private final Router router;
  private final long deadlineNanos;
  private final int maxAttempts;
  private final RandomGenerator random;
  private final SortedSet<NodeId> excluded = new TreeSet<>();
  private final List<Attempt> attempts = new ArrayList<>();
  private @Nullable NodeId pendingAt;
  private boolean started;

  /**
   * A request that has not been tried yet.
   *
   * @param request what is asked
   * @param router who chooses
   * @param deadlineNanos when the caller stops waiting, on the scale of {@code nowNanos}
   * @param config bounds on attempts
   * @param random the router's only source of randomness
   */
  public Dispatch(
      Request request,
      Router router,
      long deadlineNanos,
      DispatchConfig config,
      RandomGenerator random) {
    this.request = request;
    this.router = router;
    this.deadlineNanos = deadlineNanos;
    this.maxAttempts = config.attemptsFor(request);
    this.random = random;
  }

  /** The first step; {@link IllegalStateException} when called twice. */
  public Step start(long nowNanos, ClusterView view) {
    if (started) {
      throw new IllegalStateException("already started");
    }
    started = true;
    return next(nowNanos, view);
  }

  /**
   * The step after an attempt failed.
   *
   * @param at where the pending attempt ran; {@link IllegalStateException} if none is pending there
   */
  public Step onFailure(long nowNanos, ClusterView view, NodeId at, Failure failure) {
    if (pendingAt == null || !pendingAt.equals(at)) {
      throw new IllegalStateException("no attempt pending at " + at.shortName());
    }
    pendingAt = null;
    attempts.add(new Attempt(at, failure));
    excluded.add(at);
    return switch (failure.kind()) {
      case FINAL -> fail(DispatchError.Kind.FINAL, "it would fail alike elsewhere", List.of());
      case EXPIRED -> deadlineExceeded();
      case CANCELLED -> fail(DispatchError.Kind.CANCELLED, "cancelled by the caller", List.of());
      case OVERLOADED, REFUSED, BROKEN -> next(nowNanos, view);
    };
  }

  private Step next(long nowNanos, ClusterView view) {
    long left = deadlineNanos - nowNanos;
    if (left <= 0) {
      return deadlineExceeded();
    }
    if (attempts.size() >= maxAttempts) {
      return exhausted("gave up after " + attempts.size() + " attempts", List.of());
    }
    RouteDecision decision = router.route(request, excluded, view, random);
    if (decision.action() instanceof Action.RunHere here) {
      pendingAt = requireFresh(view.self());
      return new Step.RunHere(here.version(), left);
    }
    if (decision.action() instanceof Action.Forward forward) {
      pendingAt = requireForwardable(forward.to(), view);
      return new Step.Forward(forward.to(), forward.version(), left);
    }
    return refused(((Action.Refuse) decision.action()).reason(), decision.considered());
  }

  private NodeId requireForwardable(NodeId to, ClusterView view) {
    if (to.equals(view.self()) || request.visited().contains(to) || request.hopLimit() < 1) {
      throw new IllegalStateException("router " + router.name() + " may not forward to " + to);
    }
    return requireFresh(to);
  }

  private NodeId requireFresh(NodeId node) {
    if (excluded.contains(node)) {
      throw new IllegalStateException("router " + router.name() + " chose again " + node);
    }
    return node;
  }

  private Step refused(Refusal reason, List<Considered> considered) {
    if (reason == Refusal.NO_HOLDER && attempts.isEmpty()) {
      return fail(DispatchError.Kind.NO_HOLDER, "no usable node holds it", considered);
    }
    return switch (reason) {
      case NO_HOLDER -> exhausted("no other usable node holds it", considered);
      case HOLDERS_EXHAUSTED -> exhausted("no holder is left to try", considered);
      case HOP_LIMIT -> exhausted("it may not hop any further", considered);
    };
  }

  private Step exhausted(String why, List<Considered> considered) {
    boolean overloaded =
        attempts.stream().anyMatch(a -> a.failure().kind() == Failure.Kind.OVERLOADED);
    return fail(
        overloaded ? DispatchError.Kind.OVERLOADED : DispatchError.Kind.UNAVAILABLE,
        why,
        considered);
  }

  private Step deadlineExceeded() {
    return fail(DispatchError.Kind.DEADLINE_EXCEEDED, "the deadline passed", List.of());
  }

  private Step fail(DispatchError.Kind kind, String why, List<Considered> considered) {
    StringBuilder text = new StringBuilder("model '").append(request.model()).append('\'');
    if (request.version() != 0) {
      text.append(" version ").append(request.version());
    }
    text.append(": ").append(why);
    List<String> details = new ArrayList<>();
    for (Attempt attempt : attempts) {
      Failure failure = attempt.failure();
      details.add(attempt.node().shortName() + " " + failure.kind() + ": " + failure.message());
    }
    for (Considered candidate : considered) {
      if (!excluded.contains(candidate.node())) {
        details.add(candidate.node().shortName() + " " + candidate.verdict());
      }
    }
    // Attempts come first and are few; holders may be many, and a message is read by people.
    int shown = Math.min(details.size(), attempts.size() + MAX_LISTED);
    if (shown > 0) {
      text.append(" (").append(String.join("; ", details.subList(0, shown)));
      text.append(shown < details.size() ? "; and " + (details.size() - shown) + " more)" : ")");
    }
    return new Step.Fail(new DispatchError(kind, text.toString(), attempts));
  }
}
