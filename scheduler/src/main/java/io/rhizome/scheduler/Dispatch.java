// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.DispatchError.Attempt;
import io.rhizome.scheduler.DispatchError.Kind;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.RouteDecision.Considered;
import io.rhizome.scheduler.RouteDecision.Refusal;
import io.rhizome.scheduler.resilience.Latencies;
import io.rhizome.scheduler.resilience.Resilience;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One request's life at one node: attempts, failures, further attempts, within deadline and bounds.
 *
 * <p>One instance per request; no clock, no IO, no threads. Not thread-safe: the driver calls it
 * from one thread at a time and does what the returned steps say, in order. It tells how each
 * attempt ended and calls {@link #onTimer} at {@link #nextTimerNanos}. Every request ends: a node
 * that failed is not tried again from here, unless it was merely silent for too long and nobody
 * else is left; attempts are bounded, and the deadline is one.
 *
 * <pre>
 * state    event                                       next     steps
 * NEW      start: router says here or elsewhere        PENDING  RunHere or Forward
 * NEW      start: deadline passed, router refuses      ENDED    Fail
 * PENDING  answered                                    ENDED    GiveUp of the other attempt
 * PENDING  FINAL, EXPIRED, CANCELLED                   ENDED    GiveUp of the other attempt, Fail
 * PENDING  deadline                                    ENDED    GiveUp of all, Fail
 * PENDING  OVERLOADED, REFUSED, BROKEN, SILENT:
 *            another attempt is pending                PENDING  -
 *            it may have run, and not repeatable       ENDED    Fail
 *            it may have run, and no budget            ENDED    Fail
 *            attempts used up, router refuses          ENDED    Fail
 *            no room to wait for a load, cold again    ENDED    Fail
 *            router says here or elsewhere             PENDING  RunHere or Forward
 * PENDING  an attempt's time is over:
 *            its holder spoke since and is so busy     PENDING  - (its time is longer)
 *            another attempt is pending                PENDING  GiveUp
 *            no budget, no attempts left, nobody else  PENDING  - (its time begins anew)
 *            else                                      PENDING  GiveUp, RunHere or Forward
 * PENDING  time to hedge:
 *            one pending, budget, somebody else        PENDING  RunHere or Forward beside it
 * </pre>
 *
 * <p>An attempt's time and the time to hedge come from how long answered attempts of the model took
 * ({@link Resilience}), plus the queue that the chosen node reports; where too little is known
 * there is neither. Only the node where the request entered, which knows the whole deadline, does
 * either, and only where the request may run twice. An attempt that provably reached no executor is
 * repeated free of budget. Nobody is tried through a relay, or as a holder, that an attempt is
 * pending with or may have died at.
 *
 * <p>An attempt at a node that has to load the model first has neither time nor hedge, as nothing
 * is known of how long that takes, and its time counts for no other. Where too many wait for a
 * load, no further node is made to load.
 *
 * <p>OVERLOADED is reported when any attempt was refused for lack of room, or would be as others
 * were just now: then waiting helps.
 *
 * <p>A router that breaks its contract is stopped by an {@link IllegalStateException}, before
 * anything was sent: the request is then the driver's to end.
 */
public final class Dispatch {
  private static final long NEVER = Long.MAX_VALUE;

  private static final String LOADS = " was loading the model for it";

  private final Request request;
  private final Router router;
  private final long deadlineNanos;
  private final int maxAttempts;
  private final Resilience resilience;
  private final RandomGenerator random;
  private final SortedSet<NodeId> tried = new TreeSet<>();
  private final SortedSet<NodeId> silent = new TreeSet<>();
  private final List<Attempt> attempts = new ArrayList<>();
  private final List<Pending> pending = new ArrayList<>(2);
  private @Nullable Decided decided;
  private int made;
  private long retryNanos;
  private long hedgeNanos = NEVER;
  private boolean loading;
  private boolean ended;

  /** What was decided last, of the request as it stood. */
  private record Decided(Request asked, RouteDecision decision) {}

  /**
   * A request that has not been tried yet.
   *
   * @param request what is asked
   * @param router who chooses
   * @param deadlineNanos when the caller stops waiting, on the scale of {@code nowNanos}
   * @param config bounds on attempts
   * @param resilience what this node's requests share
   * @param random the router's only source of randomness
   */
  public Dispatch(
      Request request,
      Router router,
      long deadlineNanos,
      DispatchConfig config,
      Resilience resilience,
      RandomGenerator random) {
    this.request = request;
    this.router = router;
    this.deadlineNanos = deadlineNanos;
    this.maxAttempts = config.attemptsFor(request);
    this.resilience = resilience;
    this.random = random;
  }

  /** The first steps; {@link IllegalStateException} when called twice. */
  public List<Step> start(ClusterView view) {
    if (made > 0 || ended) {
      throw new IllegalStateException("already started");
    }
    if (request.isEntering()) {
      resilience.retries().onRequest();
      resilience.hedges().onRequest();
    }
    List<Step> steps = new ArrayList<>();
    next(view, null, steps);
    return steps;
  }

  /** When {@link #onTimer} is due; {@link Long#MAX_VALUE} once it has ended. */
  public long nextTimerNanos() {
    if (ended) {
      return NEVER;
    }
    long next = Math.min(deadlineNanos, hedgeNanos);
    for (Pending attempt : pending) {
      next = Math.min(next, attempt.timeoutNanos);
    }
    return next;
  }

  /** What that time brings. */
  public List<Step> onTimer(ClusterView view) {
    List<Step> steps = new ArrayList<>();
    if (ended) {
      return steps;
    }
    long now = view.nowNanos();
    if (deadlineNanos - now <= 0) {
      deadlineExceeded(now, steps);
      return steps;
    }
    for (Pending attempt : List.copyOf(pending)) {
      if (attempt.timeoutNanos <= now) {
        onSilence(view, attempt, steps);
      }
    }
    if (hedgeNanos <= now) {
      hedgeNanos = NEVER;
      hedge(view, steps);
    }
    return steps;
  }

  /**
   * Why the last attempt went where it went, or why there was none, for people; null before the
   * router was asked.
   *
   * @param view as it was when it was asked, or just after
   */
  public @Nullable Explanation explain(ClusterView view) {
    Decided last = decided;
    return last == null ? null : Explanation.of(last.asked(), view, router.name(), last.decision());
  }

  private void onSilence(ClusterView view, Pending attempt, List<Step> steps) {
    long now = view.nowNanos();
    long expected = after(attempt.sentNanos, attempt.expectedNanos(view));
    if (expected > now) {
      attempt.timeoutNanos = expected;
      return;
    }
    attempt.timeoutNanos = after(now, attempt.allowedNanos);
    if (pending.size() > 1) {
      giveUpSilent(view, attempt, steps);
    } else if (made < maxAttempts) {
      RouteDecision decision = decide(view).decision();
      if (!(decision.action() instanceof Action.Refuse) && resilience.retries().tryTake(now)) {
        giveUpSilent(view, attempt, steps);
        follow(view, decision, steps);
      }
    }
  }

  private void giveUpSilent(ClusterView view, Pending attempt, List<Step> steps) {
    long now = view.nowNanos();
    String why = "no answer in " + (now - attempt.sentNanos) / 1_000_000 + " ms";
    steps.add(new Step.GiveUp(attempt.number, attempt.heardSince(view) == null));
    over(now, attempt, new Failure(Failure.Kind.SILENT, why), null);
    silent.add(attempt.holder);
  }

  private void hedge(ClusterView view, List<Step> steps) {
    if (pending.size() != 1 || made >= maxAttempts) {
      return;
    }
    RouteDecision decision = decide(view).decision();
    if (!(decision.action() instanceof Action.Refuse)
        && !isCold(view, decision.action())
        && resilience.hedges().tryTake(view.nowNanos())) {
      follow(view, decision, steps);
    }
  }

  /**
   * The steps after an attempt was answered; those of an attempt that was given up are none.
   *
   * @param load what the holder said of its load, if it said anything
   */
  public List<Step> onAnswer(ClusterView view, int attempt, @Nullable Load load) {
    List<Step> steps = new ArrayList<>();
    Pending answered = pending(attempt);
    if (answered == null) {
      return steps;
    }
    long now = view.nowNanos();
    pending.remove(answered);
    tell(now, answered, null, load);
    if (request.isEntering() && !answered.cold) {
      resilience.latencies().add(now, request.model(), now - answered.sentNanos);
    }
    end(now, Failure.Kind.CANCELLED, steps);
    return steps;
  }

  /**
   * The steps after an attempt failed; those of an attempt that was given up are none.
   *
   * @param load what the holder said of its load, if it said anything
   */
  public List<Step> onFailure(ClusterView view, int attempt, Failure failure, @Nullable Load load) {
    List<Step> steps = new ArrayList<>();
    Pending failed = pending(attempt);
    if (failed == null) {
      return steps;
    }
    long now = view.nowNanos();
    over(now, failed, failure, load);
    switch (failure.kind()) {
      case FINAL -> fail(now, Kind.FINAL, "it would fail alike elsewhere", List.of(), steps);
      case EXPIRED -> deadlineExceeded(now, steps);
      case CANCELLED -> fail(now, Kind.CANCELLED, "cancelled by the caller", List.of(), steps);
      case OVERLOADED, REFUSED, BROKEN, SILENT -> {
        if (pending.isEmpty()) {
          next(view, failure, steps);
        }
      }
    }
    return steps;
  }

  private void over(long now, Pending attempt, Failure failure, @Nullable Load load) {
    pending.remove(attempt);
    attempts.add(new Attempt(attempt.holder, failure));
    tried.add(attempt.holder);
    loading |= attempt.cold && failure.kind() == Failure.Kind.OVERLOADED;
    if (attempt.relay != null && failure.kind().mayHaveRun()) {
      tried.add(attempt.relay);
    }
    tell(now, attempt, failure.kind(), load);
  }

  /** Every attempt that was sent has one outcome, also where nobody waited for it any more. */
  private void tell(
      long now, Pending attempt, Failure.@Nullable Kind failure, @Nullable Load load) {
    long elapsed = now - attempt.sentNanos;
    router.onOutcome(
        now, request, new Outcome(attempt.holder, failure, elapsed, load, attempt.cold));
  }

  /** The first attempt, or the one after {@code failure}; else the end. */
  private void next(ClusterView view, @Nullable Failure failure, List<Step> steps) {
    long now = view.nowNanos();
    boolean mayHaveRun = failure != null && failure.kind().mayHaveRun();
    if (deadlineNanos - now <= 0) {
      deadlineExceeded(now, steps);
    } else if (mayHaveRun && !request.repeatable()) {
      String why = "it may have run, and may not run twice";
      fail(now, Kind.MAY_HAVE_RUN, why, List.of(), steps);
    } else if (made >= maxAttempts) {
      exhausted(now, "gave up after " + made + " attempts", List.of(), steps);
    } else {
      Decided answer = decide(view);
      boolean again = !silent.isEmpty() && leavesNobody(answer.decision());
      if (again) {
        tried.removeAll(silent);
        silent.clear();
        answer = decide(view);
      }
      RouteDecision decision = answer.decision();
      if (decision.action() instanceof Action.Refuse refuse) {
        refused(view, answer, refuse.reason(), steps);
      } else if (loading && isCold(view, decision.action())) {
        exhausted(now, "too many requests wait for it to be loaded", List.of(), steps);
      } else if ((mayHaveRun || again) && !resilience.retries().tryTake(now)) {
        exhausted(now, "too many requests are being retried", List.of(), steps);
      } else {
        follow(view, decision, steps);
      }
    }
  }

  private static boolean leavesNobody(RouteDecision decision) {
    return decision.action() instanceof Action.Refuse refuse
        && (refuse.reason() == Refusal.NO_HOLDER || refuse.reason() == Refusal.HOLDERS_EXHAUSTED);
  }

  /** Where another attempt would go: not where one failed, nor where or through whom one is out. */
  private Decided decide(ClusterView view) {
    SortedSet<NodeId> out = new TreeSet<>(tried);
    for (Pending attempt : pending) {
      out.add(attempt.holder);
      if (attempt.relay != null) {
        out.add(attempt.relay);
      }
    }
    Request asked = out.isEmpty() ? request : request.withPath(request.path().withTried(out));
    RouteDecision decision = router.route(asked, view, random);
    RouterContract.require(router, decision.action(), asked.path(), view.self());
    Decided last = new Decided(asked, decision);
    decided = last;
    return last;
  }

  private void follow(ClusterView view, RouteDecision decision, List<Step> steps) {
    long now = view.nowNanos();
    long left = deadlineNanos - now;
    made++;
    Action action = decision.action();
    Pending attempt = watched(view, action);
    pending.add(attempt);
    router.onSent(now, request, decision);
    if (action instanceof Action.Forward forward) {
      steps.add(new Step.Forward(made, forward.to(), forward.target(), forward.version(), left));
    } else {
      long version = ((Action.RunHere) action).version();
      steps.add(new Step.RunHere(made, version, left, attempt.cold));
    }
    if (!decision.ask().isEmpty()) {
      steps.add(new Step.Ask(decision.ask(), router.name()));
    }
  }

  /** The attempt that comes of it, with its time; where it is alone, with the time to hedge. */
  private Pending watched(ClusterView view, Action action) {
    long now = view.nowNanos();
    boolean cold = isCold(view, action);
    boolean watch = request.isEntering() && request.repeatable() && !cold;
    Latencies latencies = resilience.latencies();
    long allowed = watch ? latencies.timeoutNanos(now, request.model()) : -1;
    long hedge = watch && pending.isEmpty() ? latencies.hedgeNanos(now, request.model()) : -1;
    Pending attempt =
        new Pending(made, action, view.self(), cold, now, allowed < 0 ? NEVER : allowed);
    long queue = view.node(attempt.holder).map(there -> there.load().queueNanos()).orElse(0L);
    attempt.timeoutNanos = after(after(now, attempt.allowedNanos), queue);
    hedgeNanos = hedge < 0 ? NEVER : after(after(now, hedge), queue);
    return attempt;
  }

  /** Whether who is chosen has to load the model first. */
  private boolean isCold(ClusterView view, Action action) {
    Holders holders = view.holders(request.model());
    return action instanceof Action.Forward forward
        ? holders.isCold(forward.version(), forward.holder())
        : action instanceof Action.RunHere here && holders.isCold(here.version(), view.self());
  }

  private static long after(long nanos, long delayNanos) {
    return delayNanos > NEVER - Math.max(0, nanos) ? NEVER : nanos + delayNanos;
  }

  private @Nullable Pending pending(int attempt) {
    for (Pending one : pending) {
      if (one.number == attempt) {
        return one;
      }
    }
    return null;
  }

  private void refused(ClusterView view, Decided answer, Refusal reason, List<Step> steps) {
    long now = view.nowNanos();
    List<Considered> considered = answer.decision().considered();
    switch (reason) {
      case NO_HOLDER -> {
        if (attempts.isEmpty()) {
          fail(now, Kind.NO_HOLDER, "no usable node holds it", considered, steps);
        } else {
          exhausted(now, "no other usable node holds it", considered, steps);
        }
      }
      case HOLDERS_EXHAUSTED -> exhausted(now, "no holder is left to try", considered, steps);
      case OVERLOADED -> {
        retryNanos = Candidates.of(answer.asked(), view).retryNanos();
        fail(now, Kind.OVERLOADED, "every holder is full", considered, steps);
      }
      case FORBIDDEN -> fail(now, Kind.FORBIDDEN, "policy forbids every holder", considered, steps);
      case HOP_LIMIT -> exhausted(now, "it may not hop any further", considered, steps);
    }
  }

  private void exhausted(long now, String why, List<Considered> considered, List<Step> steps) {
    boolean overloaded =
        attempts.stream().anyMatch(a -> a.failure().kind() == Failure.Kind.OVERLOADED);
    fail(now, overloaded ? Kind.OVERLOADED : Kind.UNAVAILABLE, why, considered, steps);
  }

  private void deadlineExceeded(long now, List<Step> steps) {
    StringBuilder why = new StringBuilder("the deadline passed");
    pending.stream()
        .filter(attempt -> attempt.cold)
        .forEach(attempt -> why.append("; ").append(attempt.holder.shortName()).append(LOADS));
    end(now, Failure.Kind.EXPIRED, steps);
    fail(now, Kind.DEADLINE_EXCEEDED, why.toString(), List.of(), steps);
  }

  private void fail(
      long now, Kind kind, String why, List<Considered> considered, List<Step> steps) {
    end(now, Failure.Kind.CANCELLED, steps);
    String message = ErrorMessage.of(request, why, attempts, considered);
    steps.add(new Step.Fail(new DispatchError(kind, message, attempts, retryNanos)));
  }

  /** The end, as which every attempt that is still out is given up. */
  private void end(long now, Failure.Kind outcome, List<Step> steps) {
    ended = true;
    for (Pending attempt : pending) {
      steps.add(new Step.GiveUp(attempt.number, false));
      tell(now, attempt, outcome, null);
    }
    pending.clear();
  }
}
