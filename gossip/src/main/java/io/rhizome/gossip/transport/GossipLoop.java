// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Out;
import io.rhizome.gossip.RecordAuthority;
import io.rhizome.gossip.Sender;
import io.rhizome.gossip.Swim;
import io.rhizome.gossip.SwimEvent;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one {@link Swim} on a thread, a clock and a UDP socket of its own, and on {@link Streams}
 * that it is given. All methods may be called from any thread.
 */
public final class GossipLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GossipLoop.class);
  private static final long CLOSE_SECONDS = 5;
  private static final long PREVIOUS_KEY_SECONDS = 10;
  private static final int MAX_STREAMED_WAITING = 1_024;

  private final EventLoopGroup group;
  private final EventLoop loop;
  private final UdpTransport transport;
  private final PacketSeal seal;
  private final Swim swim;
  private final RecordAuthority authority;
  private final Streams streams;
  private final Consumer<SwimEvent> observer;
  private final EventLog events = new EventLog(log);
  private final AtomicInteger streamedWaiting = new AtomicInteger();
  private final Out out = new Wire();
  private final List<Consumer<MembershipView>> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> departure = new CompletableFuture<>();
  private volatile MembershipView view;
  private volatile GossipStats stats;
  private java.util.concurrent.@Nullable Future<?> tick;
  private java.util.concurrent.@Nullable Future<?> forgetting;
  private long tickNanos;
  private long malformed;

  /**
   * All that a loop needs to start.
   *
   * @param self who
   * @param bind where the UDP socket listens; the port is that of the mesh
   * @param config how fast
   * @param meshKey {@link PacketSeal#KEY_BYTES} secret bytes that all members share
   * @param authority signs and verifies records, on the gossip thread
   * @param bootEpoch higher than at any earlier start of this node, at least 1, and on disk already
   * @param initial what this node says of itself
   * @param seeds members to be let in by; empty for the first node of a mesh
   * @param random decides all that is left to chance
   * @param mesh what the mesh is called: packets of another open nowhere, even under the same key
   * @param streams for members whose datagrams do not get through
   * @param observer told all that happens, on the gossip thread; must not block
   */
  public record Settings(
      NodeId self,
      Endpoint bind,
      GossipConfig config,
      Bytes meshKey,
      RecordAuthority authority,
      int bootEpoch,
      NodeState initial,
      List<Endpoint> seeds,
      Random random,
      String mesh,
      Streams streams,
      Consumer<SwimEvent> observer) {
    public Settings {
      seeds = List.copyOf(seeds);
    }

    /** Without the mesh key, which is secret. */
    @Override
    public String toString() {
      return "Settings[self=%s, bind=%s, bootEpoch=%d, seeds=%s]"
          .formatted(self, bind, bootEpoch, seeds);
    }
  }

  private GossipLoop(
      Settings settings, EventLoopGroup group, EventLoop loop, UdpTransport transport, Swim swim) {
    this.group = group;
    this.loop = loop;
    this.transport = transport;
    this.swim = swim;
    this.authority = settings.authority();
    this.streams = settings.streams();
    this.observer = settings.observer();
    byte[] boot = new byte[PacketSeal.BOOT_BYTES];
    new SecureRandom().nextBytes(boot);
    this.seal =
        new PacketSeal(settings.meshKey().toArray(), settings.mesh(), settings.self(), boot);
    this.view = swim.view();
    this.stats = snapshot();
  }

  /**
   * Binds the socket and starts to gossip.
   *
   * @throws java.net.BindException naming the address where it cannot be bound
   * @throws IllegalArgumentException where a setting is out of range, naming it
   */
  public static GossipLoop start(Settings settings) throws IOException {
    Swim swim =
        new Swim(
            System.nanoTime(),
            settings.self(),
            settings.bootEpoch(),
            settings.initial(),
            settings.config(),
            settings.authority(),
            settings.random());
    boolean epoll = Epoll.isAvailable();
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("rhizome-gossip", true),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    EventLoop loop = group.next();
    GossipLoop started;
    try {
      UdpTransport transport = UdpTransport.bind(loop, epoll, settings.bind());
      started = new GossipLoop(settings, group, loop, transport, swim);
    } catch (IOException | RuntimeException e) {
      var unused = group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
      throw e;
    }
    loop.execute(() -> started.begin(settings.seeds()));
    return started;
  }

  /** The membership now; this node alone until others are met. */
  public MembershipView view() {
    return view;
  }

  /** Calls back on the gossip thread with each new view; the callback must not block. */
  public void onChange(Consumer<MembershipView> listener) {
    listeners.add(listener);
  }

  /**
   * Says something new of this node; nothing once closed.
   *
   * @throws IllegalArgumentException where the state is too large, naming the part; then nothing
   *     has changed
   */
  public void publish(NodeState state) {
    Swim.check(state);
    run(() -> swim.publish(System.nanoTime(), state));
  }

  /** Traffic could not reach that member: see {@link Swim#doubt}. Nothing once closed. */
  public void doubt(NodeId id) {
    run(() -> swim.doubt(System.nanoTime(), id));
  }

  /** Asks these members to be let in, in place of the seeds so far; nothing once closed. */
  public void seeds(List<Endpoint> seeds) {
    List<Endpoint> copy = List.copyOf(seeds);
    run(() -> swim.join(System.nanoTime(), copy));
  }

  /**
   * Seals with that mesh key from now on, {@link PacketSeal#KEY_BYTES} bytes. Packets sealed with
   * the one before are heard for 10 s more, since not all members learn of it at once.
   */
  public void rekey(Bytes meshKey) {
    run(
        () -> {
          seal.rekey(meshKey.toArray());
          if (forgetting != null) {
            forgetting.cancel(false);
          }
          forgetting = loop.schedule(seal::forgetPrevious, PREVIOUS_KEY_SECONDS, TimeUnit.SECONDS);
        });
  }

  /**
   * Says goodbye; completes when enough members were told, after {@code limit}, or at once where
   * that was done before.
   */
  public CompletionStage<Void> leave(Duration limit) {
    run(
        () -> {
          if (!departure.isDone()) {
            swim.leave(System.nanoTime(), out);
          }
        });
    departure.completeOnTimeout(null, limit.toNanos(), TimeUnit.NANOSECONDS);
    return departure.minimalCompletionStage();
  }

  private void run(Runnable change) {
    try {
      loop.execute(
          () -> {
            change.run();
            settle();
          });
    } catch (RejectedExecutionException e) {
      log.debug("gossip is closed");
    }
  }

  /** Counts since the start, as of the last tick. */
  public GossipStats stats() {
    return stats;
  }

  /** Stops without a goodbye, blocking until the socket is closed. */
  @Override
  public void close() {
    try {
      loop.execute(transport::close);
    } catch (RejectedExecutionException e) {
      log.debug("gossip is closed already");
    }
    var stopped = group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    if (!loop.inEventLoop() && !stopped.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS)) {
      log.warn("the gossip thread did not stop within {} s", CLOSE_SECONDS);
    }
    departure.complete(null);
  }

  private void begin(List<Endpoint> seeds) {
    swim.join(System.nanoTime(), seeds);
    transport.receive(new Inbound());
    streams.receive(this::onStreamed);
    onTick();
  }

  private void onTick() {
    tick = null;
    try {
      swim.onTick(System.nanoTime(), out);
    } catch (RuntimeException e) {
      log.error("a tick of the membership failed", e);
    }
    stats = snapshot();
    settle();
  }

  /** After anything that may have changed the state: tell the listeners, set the next tick. */
  private void settle() {
    MembershipView latest = swim.view();
    if (latest.version() != view.version()) {
      view = latest;
      for (Consumer<MembershipView> listener : listeners) {
        try {
          listener.accept(latest);
        } catch (RuntimeException e) {
          log.error("a listener of the membership failed", e);
        }
      }
    }
    if (swim.hasLeft()) {
      departure.complete(null);
    }
    long next = swim.nextDeadlineNanos();
    if (tick == null || next - tickNanos < 0) {
      if (tick != null) {
        tick.cancel(false);
      }
      tickNanos = next;
      long delay = Math.max(0, next - System.nanoTime());
      tick = loop.schedule(this::onTick, delay, TimeUnit.NANOSECONDS);
    }
  }

  private GossipStats snapshot() {
    PacketSeal.Drops drops = seal.drops();
    return new GossipStats(
        transport.packetsIn(),
        transport.packetsOut(),
        transport.bytesIn(),
        transport.bytesOut(),
        drops.notSealed,
        drops.incompatible,
        drops.notAuthentic,
        drops.replayed,
        malformed,
        transport.unsent(),
        swim.counters());
  }

  /** Any thread. */
  private void onStreamed(NodeId peer, Endpoint from, byte[] packet) {
    if (streamedWaiting.incrementAndGet() > MAX_STREAMED_WAITING) {
      streamedWaiting.decrementAndGet();
      return;
    }
    run(
        () -> {
          streamedWaiting.decrementAndGet();
          PacketSeal.Opened opened = seal.openStreamed(packet, peer);
          if (opened != null) {
            deliver(new Sender(peer, from, Sender.Link.STREAM), opened.content());
          }
        });
  }

  private void deliver(Sender sender, Bytes content) {
    if (!authority.admits(sender.id())) {
      return;
    }
    try {
      List<Message> packet = GossipCodec.decode(content.buffer(), swim.names());
      swim.onPacket(System.nanoTime(), sender, packet, out);
    } catch (MalformedPacketException e) {
      malformed++;
      log.debug(
          "malformed packet from {} at {}: {}", sender.id(), sender.address(), e.getMessage());
    }
  }

  private final class Inbound implements UdpTransport.Receiver {
    @Override
    public void onDatagram(Endpoint from, byte[] content) {
      PacketSeal.Opened opened = seal.open(content);
      if (opened != null) {
        deliver(new Sender(opened.sender(), from, Sender.Link.DATAGRAM), opened.content());
      }
    }

    @Override
    public void onIdle() {
      settle();
    }
  }

  private final class Wire implements Out {
    @Override
    public void send(Endpoint to, List<Message> packet) {
      transport.send(to, seal.seal(GossipCodec.encode(packet)));
    }

    @Override
    public void stream(NodeId to, Endpoint at, List<Message> packet) {
      streams.send(to, at, seal.seal(GossipCodec.encode(packet)));
    }

    @Override
    public void streamToSeed(Endpoint at, List<Message> packet) {
      streams.sendToSeed(at, seal.seal(GossipCodec.encode(packet)));
    }

    @Override
    public void happened(SwimEvent event) {
      events.write(event);
      try {
        observer.accept(event);
      } catch (RuntimeException e) {
        log.error("an observer of the membership failed", e);
      }
    }
  }
}
