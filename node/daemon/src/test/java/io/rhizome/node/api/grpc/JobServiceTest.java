// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import io.rhizome.node.access.Access;
import io.rhizome.node.access.Door;
import io.rhizome.node.access.Role;
import io.rhizome.node.access.TestPolicy;
import io.rhizome.node.api.FakeJobs;
import io.rhizome.node.api.TenantJobs;
import io.rhizome.node.identity.AdminGuard;
import io.rhizome.node.identity.Admits;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.OperatorProofs;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobSource;
import io.rhizome.node.jobs.Placement;
import io.rhizome.node.jobs.Window;
import io.rhizome.node.mesh.BlockingCalls;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.node.serving.ModelNames;
import io.rhizome.node.serving.Timers;
import io.rhizome.v1.JobInfo;
import io.rhizome.v1.JobRequest;
import io.rhizome.v1.JobResult;
import io.rhizome.v1.JobServiceGrpc;
import io.rhizome.v1.JobSpec;
import io.rhizome.v1.ListJobsRequest;
import io.rhizome.v1.ReadResultsRequest;
import io.rhizome.v1.SubmitJobRequest;
import io.rhizome.v1.UploadInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs over gRPC, where clients need keys. */
class JobServiceTest {
  private static final Metadata.Key<String> RETRY =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir Path dir;
  private final TestPolicy policy = new TestPolicy(0);
  private final FakeJobs jobs = new FakeJobs();
  private final BlockingQueue<Runnable> timers = new LinkedBlockingQueue<>();
  private final ExecutorService blocking = Executors.newFixedThreadPool(2);
  private JobService service;
  private Server server;
  private ManagedChannel channel;
  private String acme;

  @BeforeEach
  void start() throws Exception {
    Identity identity = Identity.loadOrCreate(dir.resolve("node.key"));
    Roster roster =
        new Roster(List.of(Roster.Entry.of("node-1", identity, new TreeMap<>())), List.of());
    Access access = Access.over(policy.store(), "eu", System::nanoTime, System::currentTimeMillis);
    OperatorProofs proofs =
        new OperatorProofs(identity.nodeId(), Admits.of(roster), System::nanoTime);
    Timers manual =
        (task, delayNanos) -> {
          timers.add(task);
          return () -> timers.remove(task);
        };
    service =
        new JobService(
            new TenantJobs(jobs, access, ModelNames.over(policy.store())),
            () -> manual,
            Runnable::run);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(service)
            .intercept(new AccessGuard(new Door(access, true), new AdminGuard(proofs)));
    builder.callExecutor(new BlockingCalls(blocking));
    server = builder.build().start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    acme = policy.key("acme", Role.CLIENT);
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    blocking.shutdownNow();
  }

  private JobServiceGrpc.JobServiceBlockingV2Stub as(@Nullable String key) {
    Metadata headers = new Metadata();
    if (key != null) {
      headers.put(Metadata.Key.of("x-api-key", Metadata.ASCII_STRING_MARSHALLER), key);
    }
    return JobServiceGrpc.newBlockingV2Stub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static JobSpec spec(String id) {
    return JobSpec.newBuilder().setId(id).setModel("echo").build();
  }

  private static SubmitJobRequest item(int number) {
    return SubmitJobRequest.newBuilder()
        .setItem(
            ModelInferRequest.newBuilder()
                .addRawInputContents(ByteString.copyFrom(new byte[] {(byte) number})))
        .build();
  }

  private JobInfo submit(@Nullable String key, JobSpec spec, int from, int to) throws Exception {
    BlockingClientCall<SubmitJobRequest, JobInfo> call = as(key).submitJob();
    boolean open = call.write(SubmitJobRequest.newBuilder().setSpec(spec).build());
    for (int i = from; open && i < to; i++) {
      open = call.write(item(i));
    }
    call.halfClose();
    JobInfo answer = call.read();
    if (answer == null) {
      throw new AssertionError("no answer");
    }
    return answer;
  }

  private static JobRequest named(String id) {
    return JobRequest.newBuilder().setId(id).build();
  }

  private static Metadata refused(Status.Code code, String words, ThrowingCallable call) {
    List<Metadata> trailers = new ArrayList<>();
    assertThatThrownBy(call)
        .satisfies(
            failure -> {
              Status status = Status.fromThrowable(failure);
              assertThat(status.getCode()).isEqualTo(code);
              assertThat(status.getDescription()).contains(words);
              Metadata with = Status.trailersFromThrowable(failure);
              trailers.add(with == null ? new Metadata() : with);
            })
        .isInstanceOfAny(StatusException.class, StatusRuntimeException.class);
    return trailers.get(0);
  }

  @Test
  void aJobIsAcceptedWithItsItemsForTheTenantOfTheKey() throws Exception {
    JobSpec spec = spec("a").toBuilder().setPriority(7).setVersion(3).setExpiresSeconds(60).build();

    JobInfo info = submit(acme, spec, 0, 100);

    assertThat(info.getItems()).isEqualTo(100);
    assertThat(info.getTenant()).isEqualTo("acme");
    assertThat(info.getState()).isEqualTo("RUNNING");
    assertThat(info.getPriority()).isEqualTo(7);
    assertThat(info.getVersion()).isEqualTo(3);
    assertThat(info.getExpiresMillis() - info.getSubmittedMillis()).isEqualTo(60_000);
    assertThat(info.getWaitingList()).containsExactly("no node is free");
    assertThat(ModelInferRequest.parseFrom(jobs.items("a").get(99))).isEqualTo(item(99).getItem());
    assertThat(as(acme).getJob(named("a"))).isEqualTo(info);
    assertThat(as(acme).listJobs(ListJobsRequest.getDefaultInstance()).getJobsList())
        .containsExactly(info);
  }

  @Test
  void aSubmissionInWhichNothingComesIsCutOffAndKept() throws Exception {
    BlockingClientCall<SubmitJobRequest, JobInfo> call = as(acme).submitJob();
    assertThat(call.write(SubmitJobRequest.newBuilder().setSpec(spec("a")).build())).isTrue();
    assertThat(call.write(item(0))).isTrue();
    await().until(() -> jobs.arrived("a") == 1);

    passTime();
    assertThat(call.write(item(1))).describedAs("it had said something").isTrue();
    await().until(() -> jobs.arrived("a") == 2);
    passTime();
    passTime();

    refused(Status.Code.UNAVAILABLE, "nothing came for a minute", call::read);
    UploadInfo kept = as(acme).getUpload(named("a"));
    assertThat(kept.getItems()).isEqualTo(2);
  }

  @Test
  void whereAndWhenItemsRunIsKeptAndTold() throws Exception {
    JobSpec spec =
        spec("a").toBuilder()
            .setObjective("energy")
            .setWindow("22:00-06:00 Europe/Rome")
            .setOnMains(true)
            .build();

    JobInfo info = submit(acme, spec, 0, 1);
    JobInfo usual = submit(acme, spec("b"), 0, 1);

    assertThat(info.getObjective()).isEqualTo("energy");
    assertThat(info.getWindow()).isEqualTo("22:00-06:00 Europe/Rome");
    assertThat(info.getOnMains()).isTrue();
    assertThat(info.getFromSite()).isEmpty();
    assertThat(jobs.spec("a").source()).isEqualTo(new JobSource("eu", ""));
    assertThat(jobs.spec("a").placement())
        .isEqualTo(
            new Placement(
                Placement.Objective.ENERGY,
                Optional.of(Window.parse("22:00-06:00 Europe/Rome")),
                true));
    assertThat(usual.getObjective()).isEqualTo("latency");
    assertThat(usual.getWindow()).isEmpty();
    assertThat(jobs.spec("b").placement()).isEqualTo(Placement.ANY);
  }

  @Test
  void aSubmissionThatBrokeGoesOnFromWhatArrived() throws Exception {
    jobs.breakAt(3);
    Metadata trailers =
        refused(Status.Code.UNAVAILABLE, "majority", () -> submit(acme, spec("a"), 0, 5));
    assertThat(trailers.containsKey(RETRY)).isTrue();
    assertThat(as(acme).getUpload(named("a")).getItems()).isEqualTo(3);

    submit(acme, spec("a").toBuilder().setFirstItem(3).build(), 3, 5);

    assertThat(jobs.items("a")).hasSize(5);
    assertThat(as(acme).getUpload(named("a")).getItems()).isEqualTo(5);
  }

  @Test
  void sentAgainItIsTheSameJobAndAnotherOfItsIdIsRefused() throws Exception {
    JobInfo first = submit(acme, spec("a"), 0, 2);

    assertThat(submit(acme, spec("a"), 0, 2)).isEqualTo(first);
    refused(
        Status.Code.ALREADY_EXISTS,
        "another job",
        () -> submit(acme, spec("a").toBuilder().setPriority(1).build(), 0, 2));
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_FOUND,NOT_FOUND,false",
    "CONFLICT,ALREADY_EXISTS,false",
    "INVALID,INVALID_ARGUMENT,false",
    "TOO_LARGE,RESOURCE_EXHAUSTED,false",
    "FULL,RESOURCE_EXHAUSTED,true",
    "UNAVAILABLE,UNAVAILABLE,true"
  })
  void eachFailureHasItsStatusAndAHintWhereItHelps(
      JobException.Code code, Status.Code status, boolean retry) {
    jobs.fail(code);

    Metadata trailers = refused(status, "", () -> submit(acme, spec("a"), 0, 1));

    assertThat(trailers.containsKey(RETRY)).isEqualTo(retry);
    refused(status, "", () -> as(acme).getJob(named("a")));
  }

  @Test
  void whatMakesNoSenseSaysWhy() throws Exception {
    refused(Status.Code.INVALID_ARGUMENT, "job id", () -> submit(acme, spec("not an id"), 0, 1));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "priority",
        () -> submit(acme, spec("a").toBuilder().setPriority(10).build(), 0, 1));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "expires",
        () -> submit(acme, spec("a").toBuilder().setExpiresSeconds(-1).build(), 0, 1));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "first_item",
        () -> submit(acme, spec("a").toBuilder().setFirstItem(-1).build(), 0, 1));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "objective: ",
        () -> submit(acme, spec("a").toBuilder().setObjective("speed").build(), 0, 1));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "window: ",
        () -> submit(acme, spec("a").toBuilder().setWindow("at night").build(), 0, 1));
    refused(Status.Code.INVALID_ARGUMENT, "at least one", () -> submit(acme, spec("a"), 0, 0));
    BlockingClientCall<SubmitJobRequest, JobInfo> call = as(acme).submitJob();
    call.write(item(0));
    refused(Status.Code.INVALID_ARGUMENT, "first message", call::read);
  }

  @Test
  void aTenantNeitherSeesNorChangesAnothersJobs() throws Exception {
    submit(acme, spec("a"), 0, 1);
    String other = policy.key("other", Role.CLIENT);

    assertThat(as(other).listJobs(ListJobsRequest.getDefaultInstance()).getJobsList()).isEmpty();
    List<ThrowingCallable> calls =
        List.of(
            () -> as(other).getJob(named("a")),
            () -> as(other).getUpload(named("a")),
            () -> as(other).cancelJob(named("a")),
            () -> as(other).retryJob(named("a")),
            () -> as(other).watchJob(named("a")).read(),
            () -> as(other).readResults(ReadResultsRequest.newBuilder().setId("a").build()).read());
    for (ThrowingCallable call : calls) {
      refused(Status.Code.NOT_FOUND, "no job has the id 'a'", call);
    }
    refused(Status.Code.NOT_FOUND, "no job has the id 'b'", () -> as(other).getJob(named("b")));
    refused(Status.Code.ALREADY_EXISTS, "", () -> submit(other, spec("a"), 0, 1));
    assertThat(as(acme).getJob(named("a")).getState()).isEqualTo("RUNNING");
  }

  @Test
  void keysAndTheirModelsCountWhenAJobIsSubmittedAndWhenItIsRetried() throws Exception {
    String viewer = policy.key("acme", Role.VIEWER);
    refused(Status.Code.UNAUTHENTICATED, "API key", () -> submit(null, spec("a"), 0, 1));
    refused(Status.Code.PERMISSION_DENIED, "viewer", () -> submit(viewer, spec("a"), 0, 1));
    submit(acme, spec("a"), 0, 1);

    policy.put("Tenant", "acme", "{\"models\":[\"digits\"]}");

    refused(Status.Code.PERMISSION_DENIED, "'echo'", () -> submit(acme, spec("b"), 0, 1));
    refused(Status.Code.PERMISSION_DENIED, "'echo'", () -> as(acme).retryJob(named("a")));
    assertThat(as(acme).cancelJob(named("a")).getState()).isEqualTo("CANCELLED");
  }

  @Test
  void aNameThatPolicyGivesToAModelIsCheckedAsThatModel() throws Exception {
    policy.put("Tenant", "acme", "{\"models\":[\"echo\"]}");
    policy.put("Model", "live", "{\"model\":\"echo\",\"versions\":[3]}");

    submit(acme, spec("a").toBuilder().setModel("live").build(), 0, 1);

    assertThat(jobs.spec("a").model()).isEqualTo("live");
    refused(
        Status.Code.NOT_FOUND,
        "to version 4",
        () -> submit(acme, spec("b").toBuilder().setModel("live").setVersion(4).build(), 0, 1));
  }

  @Test
  void aSubmissionCountsAsARequestUntilItEnds() throws Exception {
    policy.put("Tenant", "acme", "{\"concurrency\":1}");
    for (int i = 0; i < 3; i++) {
      submit(acme, spec("a" + i), 0, 1);
      refused(
          Status.Code.INVALID_ARGUMENT, "at least one", () -> submit(acme, spec("empty"), 0, 0));
    }
    BlockingClientCall<SubmitJobRequest, JobInfo> open = as(acme).submitJob();
    open.write(SubmitJobRequest.newBuilder().setSpec(spec("open")).build());
    open.write(item(0));
    await().until(() -> jobs.arrived("open") > 0);

    refused(Status.Code.RESOURCE_EXHAUSTED, "as many", () -> submit(acme, spec("b"), 0, 1));
    open.halfClose();
    assertThat(open.read()).isNotNull();
    submit(acme, spec("b"), 0, 1);
  }

  @Test
  void aTenantHasNoMoreJobsOnTheirWayThanItMay() throws Exception {
    policy.put("Tenant", "acme", "{\"jobs\":1}");
    JobInfo first = submit(acme, spec("a"), 0, 1);

    Metadata trailers =
        refused(Status.Code.RESOURCE_EXHAUSTED, "1 jobs", () -> submit(acme, spec("b"), 0, 1));

    assertThat(trailers.containsKey(RETRY)).isTrue();
    assertThat(submit(acme, spec("a"), 0, 1)).isEqualTo(first);
    jobs.failItem("a", 0, "too dark");
    assertThat(submit(acme, spec("b"), 0, 1).getId()).isEqualTo("b");
  }

  @Test
  void aWatchTellsOfEachChangeUntilTheEnd() throws Exception {
    submit(acme, spec("a"), 0, 2);
    BlockingClientCall<?, JobInfo> watch = as(acme).watchJob(named("a"));

    assertThat(read(watch).getDone()).isZero();
    passTime();
    jobs.failItem("a", 0, "too dark");
    passTime();
    assertThat(read(watch).getFailed()).isEqualTo(1);
    jobs.answer("a", 1, ModelInferResponse.getDefaultInstance());
    passTime();
    assertThat(read(watch).getState()).isEqualTo("DONE");
    assertThat(watch.read()).isNull();
  }

  /** The watch that there is looks at its job again, before this returns. */
  private void passTime() throws Exception {
    Runnable task = timers.poll(10, TimeUnit.SECONDS);
    if (task == null) {
      throw new AssertionError("nobody waits");
    }
    task.run();
  }

  private static JobInfo read(BlockingClientCall<?, JobInfo> watch) throws Exception {
    JobInfo info = watch.read();
    if (info == null) {
      throw new AssertionError("the watch ended");
    }
    return info;
  }

  @Test
  void watchesEndWhenTheNodeLeaves() throws Exception {
    submit(acme, spec("a"), 0, 1);
    BlockingClientCall<?, JobInfo> watch = as(acme).watchJob(named("a"));
    assertThat(read(watch).getId()).isEqualTo("a");

    service.leave();
    passTime();

    refused(Status.Code.UNAVAILABLE, "draining", watch::read);
  }

  @Test
  void aNodeHasNoMoreWatchesThanItMay() throws Exception {
    submit(acme, spec("a"), 0, 1);
    List<BlockingClientCall<?, JobInfo>> open = new ArrayList<>();
    for (int i = 0; i < JobWatches.MAX; i++) {
      BlockingClientCall<?, JobInfo> watch = as(acme).watchJob(named("a"));
      assertThat(read(watch).getId()).isEqualTo("a");
      open.add(watch);
    }

    Metadata trailers =
        refused(
            Status.Code.RESOURCE_EXHAUSTED, "watches", () -> as(acme).watchJob(named("a")).read());

    assertThat(trailers.containsKey(RETRY)).isTrue();
    open.forEach(watch -> watch.cancel("seen enough", null));
  }

  @Test
  void resultsComeInOrderAndFailedOnesCanBeHadAlone() throws Exception {
    submit(acme, spec("a"), 0, 50);
    ModelInferResponse answer = ModelInferResponse.newBuilder().setModelName("echo").build();
    for (int i = 0; i < 40; i++) {
      jobs.answer("a", i, answer);
    }
    jobs.failItem("a", 17, "too dark");
    jobs.failItem("a", 49, "too small");

    List<JobResult> all = results(ReadResultsRequest.newBuilder().setId("a").setFirstItem(10));
    List<JobResult> failed =
        results(ReadResultsRequest.newBuilder().setId("a").setFailedOnly(true));

    assertThat(all).hasSize(31);
    assertThat(all.get(0)).isEqualTo(JobResult.newBuilder().setItem(10).setAnswer(answer).build());
    assertThat(all.get(7))
        .isEqualTo(JobResult.newBuilder().setItem(17).setError("too dark").build());
    assertThat(failed).extracting(JobResult::getItem).containsExactly(17, 49);
    assertThat(as(acme).retryJob(named("a")).getFailed()).isZero();
    assertThat(results(ReadResultsRequest.newBuilder().setId("a").setFailedOnly(true))).isEmpty();
  }

  private List<JobResult> results(ReadResultsRequest.Builder request) throws Exception {
    BlockingClientCall<?, JobResult> call = as(acme).readResults(request.build());
    List<JobResult> results = new ArrayList<>();
    for (JobResult result = call.read(); result != null; result = call.read()) {
      results.add(result);
    }
    return results;
  }
}
