// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.rhizome.node.protocol.RawMessages;
import io.rhizome.node.protocol.inference.GRPCInferenceServiceGrpc;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A closed loop of inference calls against one public port: as many calls in flight as asked for,
 * each followed at once by the next. Plain text, direct executors, encoded once, answers' tensors
 * never parsed, no retries.
 *
 * <p>Used by one thread.
 */
final class LoadClient implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

  private final EventLoopGroup loops;
  private final List<ManagedChannel> channels = new ArrayList<>();

  /** A client with this many connections; calls are dealt out to them in turn. */
  LoadClient(int port, int connections) {
    loops = EventLoops.epoll("load", connections);
    for (int i = 0; i < connections; i++) {
      channels.add(
          NettyChannelBuilder.forAddress(EventLoops.loopback(port))
              .channelType(EpollSocketChannel.class)
              .eventLoopGroup(loops)
              .usePlaintext()
              .directExecutor()
              .disableRetry()
              .maxInboundMessageSize(MAX_MESSAGE_BYTES)
              .build());
    }
  }

  /** What to measure around a window: a counter read at its start and at its end. */
  interface Counter {
    double read() throws IOException;
  }

  /**
   * What a window saw.
   *
   * @param latencies of the calls that ended in it, sorted
   * @param seconds that it lasted
   * @param counted by how much the counter grew in it
   */
  record Window(Samples latencies, double seconds, double counted) {
    double perSecond() {
      return latencies.count() / seconds;
    }
  }

  /** One call, parsed in full. */
  ModelInferResponse call(ModelInferRequest request, Duration deadline) {
    return GRPCInferenceServiceGrpc.newBlockingStub(channels.get(0))
        .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
        .modelInfer(request);
  }

  /**
   * Loads the port for a lead-in, which is not counted, and a window, which is.
   *
   * @param request encoded
   * @param answerBytes the least that an answer has; a shorter one is a failure
   * @throws IOException if any call fails: figures with failures in them mean nothing
   */
  Window run(
      byte[] request,
      int answerBytes,
      int concurrency,
      Duration leadIn,
      Duration window,
      Counter counter)
      throws IOException, InterruptedException {
    Loop loop = new Loop(request, answerBytes, concurrency);
    loop.start();
    try {
      Thread.sleep(leadIn.toMillis());
      double countedBefore = counter.read();
      long start = System.nanoTime();
      loop.recording = true;
      Thread.sleep(window.toMillis());
      loop.recording = false;
      long end = System.nanoTime();
      double counted = counter.read() - countedBefore;
      return new Window(loop.end(), (end - start) / 1e9, counted);
    } finally {
      loop.stopping = true;
    }
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    EventLoops.stop(loops);
  }

  private final class Loop {
    private final byte[] request;
    private final int answerBytes;
    private final List<Slot> slots = new ArrayList<>();
    private final CountDownLatch ended;
    private volatile boolean recording;
    private volatile boolean stopping;
    private volatile @Nullable String failure;

    Loop(byte[] request, int answerBytes, int concurrency) {
      this.request = request;
      this.answerBytes = answerBytes;
      this.ended = new CountDownLatch(concurrency);
      for (int i = 0; i < concurrency; i++) {
        slots.add(new Slot(this, channels.get(i % channels.size())));
      }
    }

    void start() {
      slots.forEach(Slot::next);
    }

    /** Stops, waits for the calls in flight and gives what was recorded. */
    Samples end() throws IOException, InterruptedException {
      stopping = true;
      boolean drained = ended.await(DRAIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      String failed = failure;
      if (failed != null) {
        throw new IOException("a call failed: " + failed);
      }
      if (!drained) {
        throw new IOException(ended.getCount() + " calls did not end within " + DRAIN_LIMIT);
      }
      return Samples.merged(slots.stream().map(slot -> slot.latencies).toList());
    }
  }

  /** One of the calls in flight. All but the first start runs on its channel's event loop. */
  private static final class Slot extends ClientCall.Listener<InputStream> {
    private final Loop loop;
    private final ManagedChannel channel;
    private final Samples latencies = new Samples();
    private long startNanos;
    private int received;

    Slot(Loop loop, ManagedChannel channel) {
      this.loop = loop;
      this.channel = channel;
    }

    void next() {
      received = 0;
      startNanos = System.nanoTime();
      ClientCall<byte[], InputStream> call =
          channel.newCall(RawMessages.MODEL_INFER, CallOptions.DEFAULT);
      call.start(this, new Metadata());
      call.request(2);
      call.sendMessage(loop.request);
      call.halfClose();
    }

    @Override
    public void onMessage(InputStream message) {
      try (message) {
        received = message.available();
      } catch (IOException e) {
        loop.failure = e.toString();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (loop.recording) {
        latencies.add(System.nanoTime() - startNanos);
      }
      if (!status.isOk()) {
        loop.failure = status.toString();
      } else if (received < loop.answerBytes) {
        loop.failure = "an answer of " + received + " bytes";
      }
      if (loop.stopping || loop.failure != null) {
        loop.ended.countDown();
      } else {
        next();
      }
    }
  }
}
