// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.grpc.Metadata;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.executor.Executor;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.models.ReadyModels;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.scheduler.Dispatch;
import io.rhizome.scheduler.DispatchConfig;
import io.rhizome.scheduler.Router;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Serves requests, whichever door they came through: asks the router, runs here or forwards, tries
 * elsewhere when that fails, and ends every request by its deadline. Does not block; any thread.
 */
public final class Serving {
  final NodeId self;
  final View view;
  final ReadyModels models;
  final Executor executor;
  final Forwarder forwarder;
  final InFlightBytes inFlightBytes;
  final Counters counters = new Counters(System::currentTimeMillis);
  final LongSupplier clock;
  final @Nullable Tracing tracing;
  private final Router router;
  private final Supplier<RandomGenerator> random;

  /**
   * Serving on these parts.
   *
   * @param maxInFlightBytes encoded requests beyond this many bytes at once are refused as overload
   * @param clock nanoseconds, on the scale of the deadlines given to {@link #serve}
   * @param random gives the calling thread's own source of randomness
   * @param tracing null for none
   */
  public Serving(
      NodeId self,
      View view,
      ReadyModels models,
      Executor executor,
      Forwarder forwarder,
      Router router,
      long maxInFlightBytes,
      LongSupplier clock,
      Supplier<RandomGenerator> random,
      @Nullable Tracing tracing) {
    this.self = self;
    this.view = view;
    this.models = models;
    this.executor = executor;
    this.forwarder = forwarder;
    this.router = router;
    this.inFlightBytes = new InFlightBytes(maxInFlightBytes);
    this.clock = clock;
    this.random = random;
    this.tracing = tracing;
  }

  /**
   * Starts serving one request; {@code reply} hears exactly once how it ended.
   *
   * @return gives the request up, for a client that went away
   */
  public Cancellable serve(Arrival arrival, Reply reply) {
    if (!inFlightBytes.tryAcquire(arrival.message().length)) {
      counters.addFailed(ErrorCode.OVERLOADED);
      reply.fail(new ServingError(ErrorCode.OVERLOADED, inFlightBytes.refusal()));
      return () -> {};
    }
    Dispatch dispatch =
        new Dispatch(
            arrival.request(),
            router,
            arrival.deadlineNanos(),
            DispatchConfig.DEFAULT,
            random.get());
    Exchange exchange = new Exchange(this, arrival, dispatch, reply);
    exchange.start();
    return exchange;
  }

  /** The caller's span as its headers tell it; null where it told none or tracing is off. */
  public @Nullable TraceContext caller(Metadata headers) {
    return tracing == null ? null : TraceContext.of(headers);
  }

  /** The same by the values of the two headers, for doors that are not gRPC's. */
  public @Nullable TraceContext caller(@Nullable String traceparent, @Nullable String tracestate) {
    return tracing == null ? null : TraceContext.of(traceparent, tracestate);
  }

  /** What to tell a peer at the end of a request that it forwarded here. */
  public HopReport report(HopReport.Outcome outcome, long arrivedNanos) {
    Executor.Busy busy = executor.busy();
    return new HopReport(
        outcome,
        busy.inFlight(),
        busy.limit(),
        busy.queueNanos(),
        busy.serviceNanos(),
        Math.max(0, clock.getAsLong() - arrivedNanos));
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
