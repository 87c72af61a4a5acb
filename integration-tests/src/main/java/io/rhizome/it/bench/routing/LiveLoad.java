// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.routing;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.channel.EventLoopGroup;
import io.rhizome.it.bench.ClientChannels;
import io.rhizome.it.bench.EventLoops;
import io.rhizome.node.protocol.RawMessages;
import io.rhizome.scheduler.Failure;
import io.rhizome.simulator.routing.Arrivals;
import io.rhizome.simulator.routing.Call;
import io.rhizome.simulator.routing.Demand;
import io.rhizome.simulator.routing.Tally;
import io.rhizome.simulator.routing.Trial;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Brings to real nodes what a simulation would bring to its own: each request is sent when it is
 * time for it, however the ones before fare, and its latency counts from then on. For one thread;
 * all calls begin and end on another.
 */
final class LiveLoad implements AutoCloseable {
  private static final long SLACK_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final EventLoopGroup loop = EventLoops.epoll("live-client", 1);
  private final List<ManagedChannel> channels = new ArrayList<>();
  private String lastFailure = "";

  private LiveLoad() {}

  /** Connects to nodes on these ports. */
  static LiveLoad connect(List<Integer> ports) {
    LiveLoad load = new LiveLoad();
    try {
      for (int port : ports) {
        load.channels.add(ClientChannels.to(port, load.loop));
      }
      ClientChannels.awaitStanding(load.channels);
      return load;
    } catch (RuntimeException e) {
      load.close();
      throw e;
    }
  }

  /**
   * Sends all that a trial asks, and returns what became of it when all has ended.
   *
   * @throws IllegalStateException where something has no end long after its deadline
   */
  Tally run(Trial trial, long seed) throws InterruptedException {
    Arrivals.Plan plan = trial.plan();
    Demand demand = new Demand(seed, plan, trial.setup().serviceNanos(), 0);
    Tally tally = trial.tally();
    Phaser open = new Phaser(1);
    long start = System.nanoTime();
    for (Demand.Item item = demand.next(); item != null; item = demand.next()) {
      Call call =
          new Call(
              item.number(),
              item.entry(),
              plan.request(),
              item.atNanos(),
              item.atNanos() + plan.deadlineNanos(),
              item.workNanos());
      byte[] message =
          LiveMesh.request(item.workNanos() / trial.setup().serviceNanos()).toByteArray();
      ClientChannels.awaitTime(start + item.atNanos());
      open.register();
      loop.execute(() -> send(new Pending(call, start, tally, open), message));
    }
    int phase = open.arrive();
    long left = start + trial.warmUpNanos() + trial.countedNanos() - System.nanoTime();
    try {
      open.awaitAdvanceInterruptibly(
          phase, Math.max(0, left) + plan.deadlineNanos() + SLACK_NANOS, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          open.getUnarrivedParties() + " requests had no end for their client", e);
    }
    return tally;
  }

  private void send(Pending pending, byte[] message) {
    long left = pending.start + pending.call.deadlineNanos() - System.nanoTime();
    ClientCall<byte[], InputStream> call =
        channels
            .get(pending.call.entry())
            .newCall(
                RawMessages.MODEL_INFER,
                CallOptions.DEFAULT.withDeadlineAfter(left, TimeUnit.NANOSECONDS));
    call.start(pending, new Metadata());
    call.request(2);
    call.sendMessage(message);
    call.halfClose();
  }

  /** What was last said of a failure; empty where there was none. */
  String lastFailure() {
    return lastFailure;
  }

  /** A request under way. */
  private final class Pending extends ClientCall.Listener<InputStream> {
    private final Call call;
    private final long start;
    private final Tally tally;
    private final Phaser open;

    Pending(Call call, long start, Tally tally, Phaser open) {
      this.call = call;
      this.start = start;
      this.tally = tally;
      this.open = open;
    }

    @Override
    public void onMessage(InputStream message) {
      try {
        message.close();
      } catch (IOException e) {
        throw new IllegalStateException("an answer that cannot be let go", e);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (!status.isOk()) {
        lastFailure = status.getCode() + ": " + status.getDescription();
      }
      tally.onEnded(System.nanoTime() - start, call, status.isOk() ? null : Failure.Kind.BROKEN);
      open.arriveAndDeregister();
    }
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    EventLoops.stop(loop);
  }
}
