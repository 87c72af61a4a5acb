// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.transport.Streams;
import io.rhizome.node.identity.Admits;
import io.rhizome.node.identity.Admitted;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.MeshTls;
import io.rhizome.node.identity.Roster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real connections on loopback. */
class GossipStreamsTest {
  private static final Endpoint NOWHERE = new Endpoint("127.0.0.1", 1);

  @TempDir Path dir;
  private final EventLoops loops = new EventLoops(2);
  private final List<Server> servers = new ArrayList<>();
  private final AtomicLong ahead = new AtomicLong();
  private Side one;
  private Side two;
  private Side three;
  private Side stranger;

  private record Received(NodeId from, int packet) {}

  /** One node's end. */
  private record Side(NodeId id, GossipStreams streams, Endpoint at, List<Received> received) {
    void send(Side to, Endpoint at, int packet) {
      streams.send(to.id, at, new byte[] {(byte) packet});
    }
  }

  @BeforeEach
  void startFourNodesOfWhichThreeAreAdmitted() throws Exception {
    List<Identity> identities = new ArrayList<>();
    List<Roster.Entry> entries = new ArrayList<>();
    for (String name : List.of("one", "two", "three", "stranger")) {
      Identity identity = Identity.loadOrCreate(dir.resolve(name + ".key"));
      identities.add(identity);
      if (!name.equals("stranger")) {
        entries.add(Roster.Entry.of(name, identity, new TreeMap<>()));
      }
    }
    Admitted admitted = Admits.of(new Roster(entries, List.of()));
    entries.add(Roster.Entry.of("stranger", identities.get(3), new TreeMap<>()));
    Admitted all = Admits.of(new Roster(entries, List.of()));
    one = start(identities.get(0), admitted);
    two = start(identities.get(1), admitted);
    three = start(identities.get(2), admitted);
    stranger = start(identities.get(3), all);
  }

  private Side start(Identity identity, Admitted admitted) throws Exception {
    MeshTls tls = new MeshTls(identity, admitted);
    GossipStreams streams =
        new GossipStreams(
            identity.nodeId(), loops, tls, admitted, () -> System.nanoTime() + ahead.get());
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .channelType(loops.serverChannel())
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .sslContext(tls.server())
            .addTransportFilter(new PeerIdentity(new MeshConnections(admitted)))
            .directExecutor()
            .addService(ServerInterceptors.intercept(streams, new OnlyAdmitted(admitted)))
            .build()
            .start();
    servers.add(server);
    List<Received> received = new CopyOnWriteArrayList<>();
    streams.receive((peer, from, packet) -> received.add(new Received(peer, packet[0])));
    return new Side(
        identity.nodeId(), streams, new Endpoint("127.0.0.1", server.getPort()), received);
  }

  @AfterEach
  void stopAll() {
    List.of(one, two, three, stranger).forEach(side -> side.streams().close());
    servers.forEach(Server::shutdownNow);
    loops.close();
  }

  @Test
  void packetsArriveInOrderWithWhoSentThem() {
    IntStream.range(0, 100).forEach(i -> one.send(two, two.at(), i));
    await().until(() -> two.received().size() == 100);
    assertThat(two.received())
        .containsExactlyElementsOf(
            IntStream.range(0, 100).mapToObj(i -> new Received(one.id(), i)).toList());
    assertThat(one.streams().open()).isEqualTo(1);
  }

  @Test
  void anAnswerGoesBackOverTheStreamThatThePeerOpened() {
    one.send(two, two.at(), 1);
    await().until(() -> two.received().size() == 1);
    two.send(one, NOWHERE, 2);
    await().until(() -> one.received().equals(List.of(new Received(two.id(), 2))));
    assertThat(two.streams().open()).isEqualTo(1);
  }

  @Test
  void aSeedIsReachedByItsAddressAndKnownFromThenOn() {
    one.streams().sendToSeed(two.at(), new byte[] {1});
    one.streams().sendToSeed(two.at(), new byte[] {2});
    await().until(() -> two.received().size() == 2);
    one.send(two, NOWHERE, 3);
    await().until(() -> two.received().size() == 3);
    assertThat(one.streams().open()).isEqualTo(1);
  }

  @Test
  void bothSidesMayDialAtOnce() {
    one.send(two, two.at(), 1);
    two.send(one, one.at(), 2);
    await().until(() -> two.received().equals(List.of(new Received(one.id(), 1))));
    await().until(() -> one.received().equals(List.of(new Received(two.id(), 2))));
  }

  @Test
  void anotherNodeThanTheOneThatIsMeantGetsNothing() {
    one.send(three, two.at(), 1);
    await().until(() -> one.streams().open() == 0);
    one.send(two, two.at(), 2);
    one.streams().sendToSeed(three.at(), new byte[] {3});
    await().until(() -> three.received().size() == 1);
    assertThat(two.received()).doesNotContain(new Received(one.id(), 1));
  }

  @Test
  void aNodeThatIsNotAdmittedOpensNoStreamAndGetsNone() {
    stranger.send(one, one.at(), 1);
    await().until(() -> stranger.streams().open() == 0);
    one.send(stranger, stranger.at(), 2);
    assertThat(one.streams().open()).isZero();
    one.streams().sendToSeed(stranger.at(), new byte[] {3});
    await().until(() -> one.streams().open() == 0);
    assertThat(one.received()).isEmpty();
    assertThat(stranger.received()).isEmpty();
  }

  @Test
  void anAddressThatCannotBeDialledIsLeftAloneForAWhile() throws IOException {
    Endpoint closed = closedPort();
    one.send(two, closed, 1);
    await().until(() -> one.streams().open() == 0);
    one.send(two, closed, 2);
    assertThat(one.streams().open()).isZero();
  }

  @Test
  void aStreamWhoseOtherEndStoppedIsGone() {
    one.send(two, two.at(), 1);
    await().until(() -> two.received().size() == 1);
    two.streams().close();
    await().until(() -> one.streams().open() == 0);
    assertThat(two.streams().open()).isZero();
  }

  @Test
  void aStreamThatCarriesNothingForAMinuteIsClosed() {
    one.send(two, two.at(), 1);
    await().until(() -> two.received().size() == 1);
    ahead.set(TimeUnit.SECONDS.toNanos(Streams.IDLE_SECONDS / 2));
    one.streams().closeIdle();
    assertThat(one.streams().open()).isEqualTo(1);
    one.send(two, NOWHERE, 2);
    await().until(() -> two.received().size() == 2);
    ahead.addAndGet(TimeUnit.SECONDS.toNanos(Streams.IDLE_SECONDS / 2 + 5));
    one.streams().closeIdle();
    assertThat(one.streams().open()).as("used within the minute").isEqualTo(1);

    ahead.addAndGet(TimeUnit.SECONDS.toNanos(Streams.IDLE_SECONDS));
    one.streams().closeIdle();
    assertThat(one.streams().open()).isZero();
    await().until(() -> two.streams().open() == 0);
    one.send(two, two.at(), 3);
    await().until(() -> two.received().size() == 3);
  }

  @Test
  void ofMoreThanSixtyFourTheLeastRecentlyUsedIsClosed() throws IOException {
    List<ServerSocket> mute = mute(Streams.MAX_STREAMS);
    one.send(two, two.at(), 1);
    await().until(() -> two.received().size() == 1);
    dial(mute);
    assertThat(one.streams().open()).isLessThanOrEqualTo(Streams.MAX_STREAMS);
    await().until(() -> two.streams().open() == 0);
    close(mute);
  }

  @Test
  void ofMoreThanSixtyFourTheOneInUseIsKept() throws IOException {
    List<ServerSocket> mute = mute(Streams.MAX_STREAMS);
    one.send(two, two.at(), 1);
    await().until(() -> two.received().size() == 1);
    dial(mute.subList(1, Streams.MAX_STREAMS));
    one.send(two, NOWHERE, 2);
    dial(mute.subList(0, 1));
    assertThat(one.streams().open()).isLessThanOrEqualTo(Streams.MAX_STREAMS);
    one.send(two, NOWHERE, 3);
    await().until(() -> two.received().size() == 3);
    assertThat(two.streams().open()).isEqualTo(1);
    close(mute);
  }

  /** They take connections and say nothing. */
  private static List<ServerSocket> mute(int count) throws IOException {
    List<ServerSocket> mute = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      mute.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    return mute;
  }

  private static void close(List<ServerSocket> sockets) throws IOException {
    for (ServerSocket socket : sockets) {
      socket.close();
    }
  }

  private void dial(List<ServerSocket> mute) {
    for (ServerSocket socket : mute) {
      one.streams().sendToSeed(new Endpoint("127.0.0.1", socket.getLocalPort()), new byte[] {0});
    }
  }

  private static Endpoint closedPort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Endpoint("127.0.0.1", probe.getLocalPort());
    }
  }
}
