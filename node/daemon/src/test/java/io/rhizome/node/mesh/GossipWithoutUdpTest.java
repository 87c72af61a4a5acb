// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import static io.rhizome.node.GossipMembers.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.gossip.transport.GossipLoop;
import io.rhizome.gossip.transport.NoStreams;
import io.rhizome.gossip.transport.Streams;
import io.rhizome.node.GossipMembers;
import io.rhizome.node.identity.MeshTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes on real sockets, one of which no datagram leaves or reaches, and which nobody can
 * dial: its UDP socket is bound to IPv6, while the others have IPv4 alone, and nothing listens at
 * the address that it advertises.
 */
class GossipWithoutUdpTest {
  private static final int CUT_OFF = 2;
  private static final int STOPPED = 3;
  private static final int MAX_CHANGES = 2_000;
  private static final long MAX_PAUSE_NANOS = 500_000_000L;

  @TempDir Path dir;
  private final EventLoops loops = new EventLoops(2);
  private final List<Server> servers = new ArrayList<>();
  private final List<GossipStreams> streams = new ArrayList<>();
  private GossipMembers nodes;
  private Endpoint first;
  private Endpoint second;
  private Endpoint nowhere;
  private GossipLoop one;
  private GossipLoop two;
  private long polledNanos;
  private long longestPauseNanos;

  @BeforeEach
  void startTwoThatHaveUdp() throws Exception {
    nodes = new GossipMembers(dir, 4);
    first = new Endpoint("127.0.0.1", GossipMembers.freePort("127.0.0.1"));
    second = new Endpoint("127.0.0.1", GossipMembers.freePort("127.0.0.1"));
    nowhere = new Endpoint("127.0.0.1", GossipMembers.freePort("127.0.0.1"));
    one = nodes.start(0, first, state(first, "one"), List.of(), served(0, first));
    two = nodes.start(1, second, state(second, "two"), List.of(first), served(1, second));
    await(() -> nodes.sees(one, 1, second, "two") && nodes.sees(two, 0, first, "one"));
  }

  @AfterEach
  void stopAll() {
    nodes.close();
    streams.forEach(GossipStreams::close);
    servers.forEach(Server::shutdownNow);
    loops.close();
  }

  @Test
  void takesPartOverStreamsThatItOpened() throws Exception {
    GossipLoop cutOff = startCutOff(streamsOf(CUT_OFF));
    await(() -> nodes.sees(cutOff, 0, first, "one") && nodes.sees(cutOff, 1, second, "two"));
    say(cutOff, "new");
    one.publish(state(first, "news"));
    await(() -> nodes.sees(cutOff, 0, first, "news"));
    await(() -> answered(one) && answered(two));
    assertThat(cutOff.stats().packetsIn()).as("datagrams that reached it").isZero();
    assertThat(cutOff.stats().packetsOut()).as("datagrams that left it").isZero();
  }

  /** One that is really dead shows that there was time enough to bury the other too. */
  @Test
  void isNotBuriedWhileOneThatStoppedIs() throws Exception {
    GossipLoop cutOff = startCutOff(streamsOf(CUT_OFF));
    Endpoint fourth = new Endpoint("127.0.0.1", GossipMembers.freePort("127.0.0.1"));
    GossipLoop stopping =
        nodes.start(STOPPED, fourth, state(fourth, "x"), List.of(first), new NoStreams());
    List<GossipLoop> others = List.of(one, two, cutOff);
    await(() -> others.stream().allMatch(loop -> nodes.sees(loop, STOPPED, fourth, "x")));
    stopping.close();
    for (int change = 0;
        change < MAX_CHANGES && !others.stream().allMatch(this::buried);
        change++) {
      say(cutOff, "change " + change);
    }
    assertThat(others).allMatch(this::buried);
    if (longestPauseNanos > MAX_PAUSE_NANOS) {
      abort(
          "this machine stood still for " + longestPauseNanos / 1_000_000 + " ms, as if all died");
    }
    assertThat(nodes.noticed(SwimEvent.Died.class))
        .extracting(SwimEvent.Died::id)
        .containsOnly(nodes.id(STOPPED));
  }

  private void say(GossipLoop cutOff, String word) {
    cutOff.publish(state(nowhere, word));
    await(() -> nodes.sees(one, CUT_OFF, nowhere, word) && nodes.sees(two, CUT_OFF, nowhere, word));
  }

  private boolean buried(GossipLoop loop) {
    return loop.view()
        .member(nodes.id(STOPPED))
        .filter(member -> member.status() == Member.Status.DEAD)
        .isPresent();
  }

  /** The same but for the streams: what blocks its datagrams here does block them. */
  @Test
  void withoutStreamsItStaysAlone() throws Exception {
    GossipLoop cutOff = startCutOff(new NoStreams());
    await(() -> nodes.noticed(SwimEvent.NoSeedReachable.class).size() >= 2);
    assertThat(cutOff.view().members()).containsOnlyKeys(nodes.id(CUT_OFF));
    assertThat(one.view().member(nodes.id(CUT_OFF))).isEmpty();
  }

  private boolean answered(GossipLoop loop) {
    return loop.view()
        .member(nodes.id(CUT_OFF))
        .filter(member -> member.status().usable() && member.rttNanos() >= 0)
        .isPresent();
  }

  private GossipLoop startCutOff(Streams over) throws IOException {
    Endpoint bind;
    try {
      bind = new Endpoint("::1", GossipMembers.freePort("::1"));
    } catch (IOException e) {
      return abort("no IPv6 here, which the test cuts a node off with: " + e.getMessage());
    }
    return nodes.start(CUT_OFF, bind, state(nowhere, "cut off"), List.of(first), over);
  }

  private GossipStreams streamsOf(int node) throws IOException {
    MeshTls tls = new MeshTls(nodes.identity(node), nodes.admitted());
    GossipStreams made = new GossipStreams(nodes.id(node), loops, tls, nodes.admitted());
    streams.add(made);
    return made;
  }

  private GossipStreams served(int node, Endpoint at) throws IOException {
    GossipStreams made = streamsOf(node);
    servers.add(
        NettyServerBuilder.forAddress(new InetSocketAddress(at.host(), at.port()))
            .channelType(loops.serverChannel())
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .sslContext(new MeshTls(nodes.identity(node), nodes.admitted()).server())
            .addTransportFilter(new PeerIdentity(new MeshConnections(nodes.admitted())))
            .directExecutor()
            .addService(ServerInterceptors.intercept(made, new OnlyAdmitted(nodes.admitted())))
            .build()
            .start());
    return made;
  }

  private void await(Callable<Boolean> condition) {
    polledNanos = System.nanoTime();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .pollInSameThread()
        .until(() -> polled(condition.call()));
  }

  private boolean polled(boolean result) {
    long now = System.nanoTime();
    longestPauseNanos = Math.max(longestPauseNanos, now - polledNanos);
    polledNanos = now;
    return result;
  }
}
