// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Fixtures;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Out;
import io.rhizome.gossip.Swim;
import io.rhizome.gossip.SwimEvent;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real sockets on loopback, short times. */
class GossipLoopTest {
  private static final GossipConfig FAST =
      new GossipConfig(
          200,
          100,
          2,
          3,
          20,
          3,
          50,
          4,
          500,
          500,
          60_000,
          100,
          1_000,
          64,
          GossipConfig.Lifeguard.ON);
  private static final Bytes KEY =
      Bytes.of(
          "an example key of 32 bytes, 0123".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

  private static final String MESH = "test";

  private final List<GossipLoop> loops = new ArrayList<>();

  @AfterEach
  void closeAll() {
    loops.forEach(GossipLoop::close);
  }

  @Test
  void threeNodesMeetAndSeeOneDieAndOneLeave() throws Exception {
    int port = freePort();
    GossipLoop one = start(1, port, KEY, List.of());
    GossipLoop two = start(2, freePort(), KEY, List.of(new Endpoint("localhost", port)));
    GossipLoop three = start(3, freePort(), KEY, List.of(new Endpoint("127.0.0.1", port)));
    for (GossipLoop loop : loops) {
      for (int node = 1; node <= 3; node++) {
        await(loop, node, Status.ALIVE);
      }
    }
    await(() -> one.view().members().values().stream().allMatch(m -> m.rttNanos() >= 0), one);

    three.close();
    await(one, 3, Status.DEAD);
    await(two, 3, Status.DEAD);

    assertThat(two.leave(Duration.ofSeconds(5)).toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(6));
    await(one, 2, Status.LEFT);
    assertThat(one.stats().packetsIn()).isPositive();
    assertThat(one.stats().droppedNotAuthentic()).isZero();
    assertThat(one.stats().droppedMalformed()).isZero();
  }

  @Test
  void whatOnePublishesTheOtherSees() throws Exception {
    int port = freePort();
    GossipLoop one = start(1, port, KEY, List.of());
    int otherPort = freePort();
    GossipLoop two = start(2, otherPort, KEY, List.of(new Endpoint("127.0.0.1", port)));
    await(two, 1, Status.ALIVE);
    NodeState loaded = state(2, otherPort, 30);
    two.publish(loaded);
    await(
        () -> one.view().member(Fixtures.id(2)).map(m -> m.state().equals(loaded)).orElse(false),
        one);
    assertThatThrownBy(() -> two.publish(state(2, otherPort, 600)))
        .hasMessageContaining("models has 600 entries");
  }

  @Test
  void aNodeWithAnotherKeyIsNotLetInAndCounted() throws Exception {
    int port = freePort();
    GossipLoop one = start(1, port, KEY, List.of());
    Bytes other = Bytes.of(new byte[32]);
    GossipLoop stranger = start(2, freePort(), other, List.of(new Endpoint("127.0.0.1", port)));
    await(() -> one.stats().droppedNotAuthentic() > 0, one);
    assertThat(one.view().members()).hasSize(1);
    assertThat(stranger.view().members()).hasSize(1);
  }

  @Test
  void aPlainPacketIsCountedAndNotAnswered() throws Exception {
    int port = freePort();
    GossipLoop one = start(1, port, KEY, List.of());
    try (DatagramSocket plain = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      byte[] content = new byte[100];
      plain.send(
          new DatagramPacket(content, content.length, InetAddress.getLoopbackAddress(), port));
      await(() -> one.stats().droppedNotSealed() == 1, one);
      assertThat(one.stats().packetsOut()).isZero();
    }
  }

  @Test
  void anAddressInUseIsNamed() throws Exception {
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> start(1, port, KEY, List.of()))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("127.0.0.1:" + port);
    }
  }

  @Test
  void aMemberThatComesOverAStreamIsLetIn() throws Exception {
    HeldStreams streams = new HeldStreams();
    GossipLoop one = start(1, freePort(), KEY, List.of(), MESH, streams);
    streams.deliver(Fixtures.id(2), sealed(2, MESH, joinOf(2)));
    await(one, 2, Status.ALIVE);
  }

  @Test
  void whatAnotherSealedThanTheEndOfTheStreamIsCountedAndDropped() throws Exception {
    HeldStreams streams = new HeldStreams();
    GossipLoop one = start(1, freePort(), KEY, List.of(), MESH, streams);
    streams.deliver(Fixtures.id(3), sealed(2, MESH, joinOf(2)));
    await(() -> one.stats().droppedNotAuthentic() == 1, one);
    assertThat(one.view().members()).hasSize(1);
  }

  @Test
  void aNodeOfAnotherMeshWithTheSameKeyIsNotLetIn() throws Exception {
    int port = freePort();
    GossipLoop one = start(1, port, KEY, List.of());
    start(2, freePort(), KEY, List.of(new Endpoint("127.0.0.1", port)), "other", new NoStreams());
    await(() -> one.stats().droppedNotAuthentic() > 0, one);
    assertThat(one.view().members()).hasSize(1);
  }

  @Test
  void noUnsealedPacketIsEverAnswered() throws Exception {
    int port = freePort();
    GossipLoop one = start(1, port, KEY, List.of());
    byte[] genuine = sealed(2, MESH, joinOf(2));
    Random random = new Random(7);
    try (DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 200; i++) {
        byte[] content = genuine.clone();
        content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
        int length = i % 4 == 0 ? random.nextInt(content.length) : content.length;
        stranger.send(new DatagramPacket(content, length, InetAddress.getLoopbackAddress(), port));
      }
      byte[] plain = GossipCodec.encode(joinOf(2));
      stranger.send(
          new DatagramPacket(plain, plain.length, InetAddress.getLoopbackAddress(), port));
      await(() -> dropped(one) == 201, one);
      assertThat(one.stats().packetsOut()).isZero();
      assertThat(one.view().members()).hasSize(1);
    }
  }

  private static long dropped(GossipLoop loop) {
    GossipStats stats = loop.stats();
    return stats.droppedNotSealed() + stats.droppedIncompatible() + stats.droppedNotAuthentic();
  }

  private static List<Message> joinOf(int node) {
    List<Message> said = new ArrayList<>();
    Swim joiner =
        new Swim(
            0,
            Fixtures.id(node),
            1,
            state(node, 7700, 0),
            FAST,
            Fixtures.authority(node),
            new Random(node));
    joiner.join(0, List.of(new Endpoint("127.0.0.1", 1)));
    joiner.onTick(1_000_000_000, new FirstPacket(said));
    return said;
  }

  private static byte[] sealed(int node, String mesh, List<Message> packet) {
    byte[] boot = new byte[PacketSeal.BOOT_BYTES];
    return new PacketSeal(KEY.toArray(), mesh, Fixtures.id(node), boot)
        .seal(GossipCodec.encode(packet));
  }

  private GossipLoop start(int node, int port, Bytes key, List<Endpoint> seeds) throws IOException {
    return start(node, port, key, seeds, MESH, new NoStreams());
  }

  private GossipLoop start(
      int node, int port, Bytes key, List<Endpoint> seeds, String mesh, Streams streams)
      throws IOException {
    GossipLoop loop =
        GossipLoop.start(
            new GossipLoop.Settings(
                Fixtures.id(node),
                new Endpoint("127.0.0.1", port),
                FAST,
                key,
                Fixtures.authority(node),
                1,
                state(node, port, 0),
                seeds,
                new Random(node),
                mesh,
                streams,
                event -> {}));
    loops.add(loop);
    return loop;
  }

  private static int freePort() throws IOException {
    try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static NodeState state(int node, int port, int models) {
    Endpoint mesh = new Endpoint("127.0.0.1", port);
    TreeMap<String, String> labels = new TreeMap<>();
    labels.put("name", "n" + node);
    return new NodeState(
        mesh,
        mesh,
        "",
        labels,
        Fixtures.residencies(1, models).stream()
            .sorted(java.util.Comparator.comparing(r -> r.model()))
            .toList());
  }

  private static void await(GossipLoop loop, int node, Status status) {
    await(
        () -> loop.view().member(Fixtures.id(node)).map(m -> m.status() == status).orElse(false),
        loop);
  }

  private static void await(BooleanSupplier condition, GossipLoop loop) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> assertThat(condition.getAsBoolean()).as("seen from %s", loop.view()).isTrue());
  }

  /** Streams from which the test says what comes. */
  private static final class HeldStreams implements Streams {
    private final CompletableFuture<Receiver> receiver = new CompletableFuture<>();

    void deliver(NodeId peer, byte[] packet) {
      receiver.join().onPacket(peer, new Endpoint("127.0.0.1", 50_000), packet);
    }

    @Override
    public void receive(Receiver taker) {
      receiver.complete(taker);
    }

    @Override
    public void send(NodeId to, Endpoint at, byte[] packet) {}

    @Override
    public void sendToSeed(Endpoint at, byte[] packet) {}
  }

  /** Keeps the first packet. */
  private record FirstPacket(List<Message> said) implements Out {
    @Override
    public void send(Endpoint to, List<Message> packet) {
      if (said.isEmpty()) {
        said.addAll(packet);
      }
    }

    @Override
    public void stream(NodeId to, Endpoint at, List<Message> packet) {}

    @Override
    public void streamToSeed(Endpoint at, List<Message> packet) {}

    @Override
    public void happened(SwimEvent event) {}
  }
}
