// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.transport.Streams;
import io.rhizome.mesh.v1.GossipPacket;
import io.rhizome.mesh.v1.GossipServiceGrpc;
import io.rhizome.node.identity.Admitted;
import io.rhizome.node.identity.MeshTls;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gossip's streams as calls on the mesh port: those that this node dials, and, as a service of that
 * port, those that peers open. Any thread.
 *
 * <p>Of the streams that one peer opened the newest is kept; an address that could not be dialled
 * is left alone for a while, each time for longer.
 */
public final class GossipStreams implements Streams, BindableService, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GossipStreams.class);
  private static final int MAX_PACKET_BYTES = 1_200;
  private static final int MAX_PAUSES = 256;
  private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LAST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long SWEEP_SECONDS = 10;
  private static final Receiver NOBODY = (peer, from, packet) -> {};

  private final NodeId self;
  private final Admitted admitted;
  private final LongSupplier nanoClock;
  private final GossipDialler dialler;
  private final java.util.concurrent.Future<?> sweep;
  private final List<GossipStream> streams = new ArrayList<>();
  private final Map<Endpoint, Pause> pauses = new LinkedHashMap<>(16, 0.75f, true);
  private volatile Receiver receiver = NOBODY;
  private boolean closed;

  /** An address is not dialled until then. */
  private record Pause(long untilNanos, long nanos) {}

  /** Streams of that node; {@link SSLException} where TLS cannot be set up. */
  public GossipStreams(NodeId self, EventLoops loops, MeshTls tls, Admitted admitted)
      throws SSLException {
    this(self, loops, tls, admitted, System::nanoTime);
  }

  GossipStreams(
      NodeId self, EventLoops loops, MeshTls tls, Admitted admitted, LongSupplier nanoClock)
      throws SSLException {
    this.self = self;
    this.admitted = admitted;
    this.nanoClock = nanoClock;
    this.dialler = new GossipDialler(loops, tls.clientOfAny(), this);
    this.sweep =
        loops
            .current()
            .scheduleWithFixedDelay(
                this::closeIdle, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void receive(Receiver taker) {
    receiver = taker;
  }

  @Override
  public synchronized void send(NodeId to, Endpoint at, byte[] packet) {
    if (admitted.isNode(to) && !to.equals(self)) {
      latest(stream -> stream.isTo(to))
          .or(() -> dial(at, to))
          .ifPresent(stream -> send(stream, packet));
    }
  }

  @Override
  public synchronized void sendToSeed(Endpoint at, byte[] packet) {
    latest(stream -> stream.isDialled() && stream.far().equals(at))
        .or(() -> dial(at, null))
        .ifPresent(stream -> send(stream, packet));
  }

  private void send(GossipStream stream, byte[] packet) {
    stream.used(nanoClock.getAsLong());
    stream.send(packet);
  }

  private Optional<GossipStream> latest(Predicate<GossipStream> which) {
    return streams.stream().filter(which).max(Comparator.comparingLong(GossipStream::usedNanos));
  }

  private Optional<GossipStream> dial(Endpoint at, @Nullable NodeId wanted) {
    Pause pause = pauses.get(at);
    long now = nanoClock.getAsLong();
    if (closed || (pause != null && now - pause.untilNanos() < 0)) {
      return Optional.empty();
    }
    GossipStream stream = dialler.dial(at, wanted);
    if (stream.isOver()) {
      return Optional.empty();
    }
    keep(stream, now);
    return Optional.of(stream);
  }

  private void keep(GossipStream stream, long now) {
    if (streams.size() >= MAX_STREAMS) {
      GossipStream oldest =
          Collections.min(streams, Comparator.comparingLong(GossipStream::usedNanos));
      streams.remove(oldest);
      oldest.end();
    }
    stream.used(now);
    streams.add(stream);
  }

  /** The node that was dialled has let this one in, and proved who it is. */
  synchronized void onOpened(GossipStream stream, NodeId peer) {
    if (peer.equals(self) || !stream.opened(peer)) {
      log.debug("at {} is {}, which was not looked for", stream.far(), peer.shortName());
      pauseFor(stream.far());
      drop(stream);
      return;
    }
    pauses.remove(stream.far());
    stream.flush();
  }

  /** It takes more. */
  synchronized void onReady(GossipStream stream) {
    stream.flush();
  }

  /** A stream is over; what waited for it is lost. */
  synchronized void onEnded(GossipStream stream, boolean opened, String why) {
    stream.ended();
    streams.remove(stream);
    if (!opened) {
      log.debug("no stream to {}: {}", stream.far(), why);
      pauseFor(stream.far());
    }
  }

  /** A packet came. */
  void onPacket(GossipStream stream, NodeId peer, GossipPacket packet) {
    synchronized (this) {
      if (packet.getSealed().size() > MAX_PACKET_BYTES || !admitted.isNode(peer)) {
        drop(stream);
        return;
      }
      stream.used(nanoClock.getAsLong());
    }
    receiver.onPacket(peer, stream.far(), packet.getSealed().toByteArray());
  }

  private void drop(GossipStream stream) {
    streams.remove(stream);
    stream.end();
  }

  private void pauseFor(Endpoint at) {
    Pause before = pauses.get(at);
    long nanos =
        before == null ? FIRST_PAUSE_NANOS : Math.min(LAST_PAUSE_NANOS, 2 * before.nanos());
    pauses.put(at, new Pause(nanoClock.getAsLong() + nanos, nanos));
    if (pauses.size() > MAX_PAUSES) {
      pauses.remove(pauses.keySet().iterator().next());
    }
  }

  /** Closes those that carried nothing for too long. */
  synchronized void closeIdle() {
    long now = nanoClock.getAsLong();
    for (GossipStream stream : List.copyOf(streams)) {
      if (now - stream.usedNanos() > TimeUnit.SECONDS.toNanos(IDLE_SECONDS)) {
        drop(stream);
      }
    }
  }

  /** How many are open or being opened. */
  synchronized int open() {
    return streams.size();
  }

  /** Ends all streams and opens no more; what was sent before still goes. */
  @Override
  public synchronized void close() {
    closed = true;
    sweep.cancel(false);
    List.copyOf(streams).forEach(this::drop);
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(GossipServiceGrpc.getServiceDescriptor())
        .addMethod(GossipServiceGrpc.getExchangeMethod(), this::accept)
        .build();
  }

  private ServerCall.Listener<GossipPacket> accept(
      ServerCall<GossipPacket, GossipPacket> call, Metadata headers) {
    NodeId peer = PeerIdentity.of(call);
    Accepted accepted = new Accepted(call, peer);
    synchronized (this) {
      if (closed || peer.equals(self)) {
        call.close(Status.UNAVAILABLE.withDescription("no gossip here"), new Metadata());
        return new ServerCall.Listener<>() {};
      }
      streams.stream()
          .filter(stream -> !stream.isDialled() && stream.isTo(peer))
          .toList()
          .forEach(this::drop);
      keep(accepted.stream, nanoClock.getAsLong());
      call.sendHeaders(new Metadata());
      call.request(1);
    }
    return accepted;
  }

  private static Endpoint remote(ServerCall<?, ?> call) {
    SocketAddress from = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    if (from instanceof InetSocketAddress address && address.getPort() > 0) {
      return new Endpoint(address.getAddress().getHostAddress(), address.getPort());
    }
    throw new IllegalStateException("a call on the mesh port from " + from);
  }

  /** A stream that a peer opened. */
  private final class Accepted extends ServerCall.Listener<GossipPacket>
      implements GossipStream.Call {
    final GossipStream stream;
    private final ServerCall<GossipPacket, GossipPacket> call;
    private final NodeId peer;

    Accepted(ServerCall<GossipPacket, GossipPacket> call, NodeId peer) {
      this.call = call;
      this.peer = peer;
      this.stream = GossipStream.accepted(this, remote(call), peer);
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(GossipPacket packet) {
      call.sendMessage(packet);
    }

    @Override
    public void end() {
      call.close(Status.OK, new Metadata());
    }

    @Override
    public void onMessage(GossipPacket packet) {
      onPacket(stream, peer, packet);
      call.request(1);
    }

    @Override
    public void onReady() {
      GossipStreams.this.onReady(stream);
    }

    @Override
    public void onHalfClose() {
      synchronized (GossipStreams.this) {
        drop(stream);
      }
    }

    @Override
    public void onCancel() {
      onEnded(stream, true, "");
    }

    @Override
    public void onComplete() {
      onEnded(stream, true, "");
    }
  }
}
