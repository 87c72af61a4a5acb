// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.grpc.Metadata;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.executor.Executor;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.models.ReadyModels;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.Dispatch;
import io.rhizome.scheduler.DispatchConfig;
import io.rhizome.scheduler.Explanation;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Peers;
import io.rhizome.scheduler.Priority;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.resilience.Resilience;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Serves requests, whichever door they came through: asks the router, runs here or forwards, tries
 * elsewhere when that fails, and ends every request by its deadline. Does not block; any thread.
 */
public final class Serving {
  private static final long MAX_RETRY_NANOS = 1_000_000_000L;

  /** Fewer requests than this are not what keeps a node from its work. */
  private static final int MANY = 64;

  final NodeId self;
  final View view;
  final Peers peers;
  final RouterWords words;
  final Questions questions;
  final Gate gate;
  final ReadyModels models;
  final ColdLoads coldLoads;
  final Executor executor;
  final Forwarder forwarder;
  final InFlightBytes inFlightBytes;
  final Counters counters;
  final AtomicInteger underWay = new AtomicInteger();
  final LongSupplier clock;
  final @Nullable Tracing tracing;
  private final Resilience resilience = Resilience.defaults();
  private final Routing routing;
  private final Supplier<RandomGenerator> random;

  /**
   * What serving stands on.
   *
   * @param self this node
   * @param membership the mesh as gossip knows it
   * @param models what this node holds
   * @param executor what runs them
   * @param forwarder how requests reach peers
   * @param doubt hears of peers that cannot be reached; any thread
   * @param tracing null for none
   */
  public record Parts(
      NodeId self,
      Supplier<MembershipView> membership,
      ReadyModels models,
      Executor executor,
      Forwarder forwarder,
      Consumer<NodeId> doubt,
      @Nullable Tracing tracing) {}

  /**
   * Serving on these parts.
   *
   * @param routing who chooses, and by which rules
   * @param gate before the executor
   * @param maxInFlightBytes encoded requests beyond this many bytes at once are refused as overload
   * @param clock nanoseconds, on the scale of the deadlines given to {@link #serve}
   * @param random gives the calling thread's own source of randomness
   */
  public Serving(
      Parts parts,
      Routing routing,
      Gate gate,
      long maxInFlightBytes,
      LongSupplier clock,
      Supplier<RandomGenerator> random) {
    this.self = parts.self();
    this.models = parts.models();
    this.coldLoads = new ColdLoads(models, clock);
    this.executor = parts.executor();
    this.forwarder = parts.forwarder();
    this.tracing = parts.tracing();
    this.routing = routing;
    this.clock = clock;
    this.random = random;
    this.inFlightBytes = new InFlightBytes(maxInFlightBytes);
    this.gate = gate;
    this.peers = new Peers(routing::routers);
    this.view = new View(parts.membership(), models, gate::load, routing, peers, clock.getAsLong());
    this.words = new RouterWords(self, routing, peers, clock);
    this.questions = new Questions(peers, words, view, forwarder, parts.doubt(), clock);
    this.counters = new Counters(System::currentTimeMillis, peers::ejections);
  }

  /**
   * Starts serving one request; {@code reply} hears exactly once how it ended.
   *
   * @return gives the request up, for a client that went away
   */
  public Cancellable serve(Arrival arrival, Reply reply) {
    long lag = arrival.request().isEntering() ? arrival.timers().lagNanos() : 0;
    if (underWay.get() >= MANY && lag > longestLagNanos(arrival.request().priority())) {
      counters.addFailed(ErrorCode.OVERLOADED);
      String why = "this node is " + lag / 1_000_000 + " ms behind with its work";
      reply.fail(new ServingError(ErrorCode.OVERLOADED, why, Math.min(MAX_RETRY_NANOS, 2 * lag)));
      return () -> {};
    }
    if (!inFlightBytes.tryAcquire(arrival.message().length)) {
      counters.addFailed(ErrorCode.OVERLOADED);
      reply.fail(new ServingError(ErrorCode.OVERLOADED, inFlightBytes.refusal()));
      return () -> {};
    }
    boolean entering = arrival.request().isEntering();
    RouteLimits limits = entering ? routing.limits(arrival.request()) : RouteLimits.NONE;
    Arrival bound = entering ? bound(arrival, limits) : arrival;
    Dispatch dispatch =
        new Dispatch(
            bound.request(),
            routing.router(bound.request()),
            bound.deadlineNanos(),
            DispatchConfig.DEFAULT.atMost(limits.maxAttempts()),
            resilience,
            random.get());
    underWay.incrementAndGet();
    Exchange exchange = new Exchange(this, bound, dispatch, reply);
    exchange.start();
    return exchange;
  }

  /**
   * A node that has many requests and is further behind with its connections' work takes no more of
   * that class from clients: what it took it would pass on too late, and get further behind (H.
   * Zhou et al., "Overload Control for Scaling WeChat Microservices", SoCC 2018).
   */
  private static long longestLagNanos(Priority priority) {
    return switch (priority) {
      case INTERACTIVE -> 500_000_000L;
      case STANDARD -> 250_000_000L;
      case BATCH -> 100_000_000L;
    };
  }

  /** What policy bounds where a request enters; others are told what is left of it. */
  private Arrival bound(Arrival arrival, RouteLimits limits) {
    long now = clock.getAsLong();
    long left = Math.min(arrival.deadlineNanos() - now, limits.timeoutNanos());
    return new Arrival(
        arrival.message(),
        limits.repeatable() ? arrival.request() : arrival.request().once(),
        now + left,
        arrival.timers(),
        arrival.caller());
  }

  /** What has to be done a few times a second, whether or not there are requests. */
  public void tick() {
    questions.tick();
  }

  /** The caller's span as its headers tell it; null where it told none or tracing is off. */
  public @Nullable TraceContext caller(Metadata headers) {
    return tracing == null ? null : TraceContext.of(headers);
  }

  /** The same by the values of the two headers, for doors that are not gRPC's. */
  public @Nullable TraceContext caller(@Nullable String traceparent, @Nullable String tracestate) {
    return tracing == null ? null : TraceContext.of(traceparent, tracestate);
  }

  /**
   * What to tell a peer at the end of that request, which it forwarded here: also what the router
   * says that was to choose for it, and where it may find room.
   *
   * @param error null where it was answered
   */
  public HopReport report(Request request, @Nullable ServingError error, long arrivedNanos) {
    HopReport.Word word = words.of(request);
    if (error == null) {
      return report(HopReport.Outcome.ANSWERED, arrivedNanos, 0).saying(word);
    }
    HopReport.Outcome outcome = error.code().outcome();
    HopReport report = report(outcome, arrivedNanos, error.retryNanos()).saying(word);
    return outcome == HopReport.Outcome.OVERLOADED ? report.with(alternative(request)) : report;
  }

  /**
   * What to tell a peer at the end of what it forwarded here and is no request.
   *
   * @param retryNanos when it may try again, of one refused for want of room; else 0
   */
  public HopReport report(HopReport.Outcome outcome, long arrivedNanos, long retryNanos) {
    long now = clock.getAsLong();
    Load load = gate.load(now);
    return new HopReport(
        outcome,
        load.inFlight(),
        load.limit(),
        load.queueNanos(),
        load.serviceNanos(),
        Math.max(0, now - arrivedNanos),
        retryNanos);
  }

  /** Who may have room for a request that a peer sent here and that has none; null for no idea. */
  private HopReport.@Nullable Alternative alternative(Request request) {
    return Candidates.elsewhere(request, view.current(clock.getAsLong()), random.get())
        .map(
            node ->
                new HopReport.Alternative(
                    node.id(),
                    node.load().inFlight(),
                    node.load().limit(),
                    node.load().queueNanos(),
                    node.load().serviceNanos(),
                    node.loadAgeNanos()))
        .orElse(null);
  }

  /** How busy this node is. */
  public Load load() {
    return gate.load(clock.getAsLong());
  }

  /** What the router of that name says beside that, to one who asks with that model in mind. */
  public HopReport.@Nullable Word word(String router, String model) {
    return words.of(router, model);
  }

  /** Where that request would go now, and why; sends nothing. */
  public Explanation explain(Request request) {
    return Explanation.of(
        request, view.current(clock.getAsLong()), routing.router(request), random.get());
  }

  /** The mesh as routing sees it. */
  public View view() {
    return view;
  }

  /** The memory that requests in flight may hold; doors count what is still coming in. */
  public InFlightBytes inFlightBytes() {
    return inFlightBytes;
  }

  /** How requests ended here. */
  public Counters counters() {
    return counters;
  }
}
