// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.node.GossipMembers;
import io.rhizome.node.api.FakeJobs;
import io.rhizome.node.identity.MeshTls;
import io.rhizome.node.jobs.ItemResult;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.JobSource;
import io.rhizome.node.jobs.JobSpec;
import io.rhizome.node.jobs.OtherSites;
import io.rhizome.node.jobs.Placement;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node of site north, and one of west, ask one of south, over real connections on loopback. */
class JobExchangeTest {
  private static final int NORTH = 0;
  private static final int SOUTH = 1;
  private static final int WEST = 2;
  private static final List<String> SITES = List.of("north", "south", "west");
  private static final String PART = "part-1";
  private static final Job JOB = job("north");

  @TempDir Path dir;
  private final EventLoops loops = new EventLoops(1);
  private final ExecutorService blocking = Executors.newFixedThreadPool(2);
  private final FakeJobs jobs = new FakeJobs();
  private GossipMembers nodes;
  private Server server;
  private MembershipView members;
  private MeshChannels northern;
  private MeshChannels western;

  private static Job job(String from) {
    JobSource source = new JobSource("alps", from);
    JobId id = new JobId(PART);
    Duration day = Duration.ofDays(1);
    return new Job(new JobSpec(id, "lab", "digits", 4, 7, day, source, Placement.ANY), 40, 1_000);
  }

  @BeforeEach
  void startTheNodeOfSouth() throws Exception {
    nodes = new GossipMembers(dir, SITES.size());
    MeshTls tls = new MeshTls(nodes.identity(SOUTH), nodes.admitted());
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .channelType(loops.serverChannel())
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .sslContext(tls.server())
            .addTransportFilter(new PeerIdentity(new MeshConnections(nodes.admitted())))
            .directExecutor()
            .callExecutor(new BlockingCalls(blocking))
            .addService(
                ServerInterceptors.intercept(
                    new JobExchangeService(jobs, () -> members),
                    new Caller(),
                    new OnlyAdmitted(nodes.admitted())))
            .build()
            .start();
    members = membership(new Endpoint("127.0.0.1", server.getPort()));
    northern = channels(NORTH);
    western = channels(WEST);
  }

  private MembershipView membership(Endpoint at) {
    SortedMap<NodeId, Member> all = new TreeMap<>();
    for (int i = 0; i < SITES.size(); i++) {
      SortedMap<String, String> labels = new TreeMap<>();
      labels.put("site", SITES.get(i));
      NodeState state = new NodeState(at, at, "", labels, List.of());
      all.put(
          nodes.id(i), new Member(nodes.id(i), Member.Status.ALIVE, 1L << 32, state, 1_000_000));
    }
    return new MembershipView(nodes.id(NORTH), 1, all);
  }

  private MeshChannels channels(int node) {
    MeshTls tls = new MeshTls(nodes.identity(node), nodes.admitted());
    return new MeshChannels(loops, tls, () -> members, 1 << 20);
  }

  @AfterEach
  void stop() {
    northern.close();
    western.close();
    server.shutdownNow();
    blocking.shutdownNow();
    nodes.close();
    loops.close();
  }

  private OtherSites from(MeshChannels channels) {
    return new GrpcOtherSites(channels, () -> members, job -> List.of());
  }

  private void handOver(OtherSites sites, Job job) throws IOException {
    sites.handOver(
        "south",
        job,
        taker -> {
          for (int i = 0; i < job.items(); i++) {
            taker.take(new byte[] {(byte) i});
          }
        });
  }

  @Test
  void aPartIsHandedOverAndItsResultsAreRead() throws Exception {
    OtherSites sites = from(northern);
    assertThat(sites.reaches("south")).isTrue();
    assertThat(sites.reaches("east")).isFalse();
    assertThat(sites.progress("south", JOB.id())).isEmpty();

    handOver(sites, JOB);

    assertThat(jobs.spec(PART)).isEqualTo(JOB.spec());
    assertThat(jobs.items(PART)).hasSize(40);
    assertThat(jobs.items(PART).get(39)).containsExactly(39);
    jobs.answer(PART, 16, ModelInferResponse.getDefaultInstance());
    jobs.failItem(PART, 17, "too dark");
    assertThat(sites.progress("south", JOB.id())).contains(new OtherSites.Progress(2, false));
    assertThat(sites.results("south", JOB.id(), 16, 16))
        .containsExactly(
            new ItemResult(16, ItemResult.Kind.ANSWER, new byte[0]),
            ItemResult.error(17, "too dark"));
    sites.cancel("south", JOB.id());
    assertThat(sites.progress("south", JOB.id())).contains(new OtherSites.Progress(2, true));
  }

  /** They wait for the other end to take them, which must not be on the thread that sends. */
  @Test
  void moreResultsThanTheConnectionTakesAtOnceAreRead() throws Exception {
    OtherSites sites = from(northern);
    handOver(sites, JOB);
    ByteString large = ByteString.copyFrom(new byte[200_000]);
    for (int i = 0; i < JOB.items(); i++) {
      ModelInferResponse answer =
          ModelInferResponse.newBuilder().addRawOutputContents(large).build();
      jobs.answer(PART, i, answer);
    }
    assertThat(sites.results("south", JOB.id(), 0, JOB.items())).hasSize(JOB.items());
  }

  @Test
  void whatOneSiteHandedOverIsNotAnothersToSee() throws Exception {
    handOver(from(northern), JOB);
    OtherSites west = from(western);
    assertThat(west.progress("south", JOB.id())).isEmpty();
    assertThatThrownBy(() -> west.results("south", JOB.id(), 0, 16))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("NOT_FOUND");
    assertThatThrownBy(() -> west.cancel("south", JOB.id())).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> handOver(west, JOB))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it comes from site west, not north");
  }

  @Test
  void aSiteThatTakesNothingSaysWhy() {
    jobs.fail(JobException.Code.UNAVAILABLE);
    assertThatThrownBy(() -> handOver(from(northern), JOB))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("as the test wants");
    assertThatThrownBy(() -> from(northern).progress("south", JOB.id()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> from(northern).cancel("east", JOB.id()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no node of it is reached");
  }
}
