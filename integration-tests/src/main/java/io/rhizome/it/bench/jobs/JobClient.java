// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rhizome.it.NodeClient;
import io.rhizome.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import io.rhizome.v1.JobInfo;
import io.rhizome.v1.JobRequest;
import io.rhizome.v1.JobServiceGrpc;
import io.rhizome.v1.JobSpec;
import io.rhizome.v1.ListJobsRequest;
import io.rhizome.v1.ReadResultsRequest;
import io.rhizome.v1.SubmitJobRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Asks one node about jobs, as any client would, and never retries. Any thread. */
final class JobClient implements AutoCloseable {
  private static final Duration SUBMIT_LIMIT = Duration.ofSeconds(25);
  private static final Duration ITEM_LIMIT = Duration.ofMillis(2);
  private static final Duration READ_LIMIT = Duration.ofMinutes(2);

  private final NodeClient node;

  /** Connects when first used. */
  JobClient(String host, int port) {
    this.node = new NodeClient(host, port);
  }

  /** Admin calls of the same node. */
  AdminServiceBlockingStub admin(Duration limit) {
    return node.admin(limit);
  }

  private JobServiceGrpc.JobServiceBlockingStub jobs(Duration limit) {
    return JobServiceGrpc.newBlockingStub(node.channel())
        .withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Submits a job of so many items; returns when it is accepted. {@link
   * io.grpc.StatusRuntimeException} where it is not.
   */
  JobInfo submit(String id, int items) throws InterruptedException {
    try {
      return submitting(id, items).get();
    } catch (ExecutionException e) {
      throw Status.fromThrowable(e).asRuntimeException();
    }
  }

  /** Submits a job of so many items; what is accepted, later. */
  CompletableFuture<JobInfo> submitting(String id, int items) {
    Duration limit = SUBMIT_LIMIT.plus(ITEM_LIMIT.multipliedBy(items));
    CompletableFuture<JobInfo> accepted = new CompletableFuture<>();
    StreamObserver<SubmitJobRequest> call =
        JobServiceGrpc.newStub(node.channel())
            .withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS)
            .submitJob(new Acceptance(accepted));
    JobSpec spec = JobSpec.newBuilder().setId(id).setModel(JobsMesh.MODEL).build();
    call.onNext(SubmitJobRequest.newBuilder().setSpec(spec).build());
    for (int i = 0; i < items; i++) {
      call.onNext(SubmitJobRequest.newBuilder().setItem(Items.request(i)).build());
    }
    call.onCompleted();
    return accepted;
  }

  /** The answer to a submission. */
  private record Acceptance(CompletableFuture<JobInfo> accepted)
      implements StreamObserver<JobInfo> {
    @Override
    public void onNext(JobInfo job) {
      accepted.complete(job);
    }

    @Override
    public void onError(Throwable e) {
      accepted.completeExceptionally(e);
    }

    @Override
    public void onCompleted() {
      accepted.completeExceptionally(
          Status.INTERNAL.withDescription("a submission without an answer").asException());
    }
  }

  JobInfo info(String id, Duration limit) {
    return jobs(limit).getJob(JobRequest.newBuilder().setId(id).build());
  }

  /** All jobs that the node's site has. */
  List<JobInfo> list(Duration limit) {
    return jobs(limit).listJobs(ListJobsRequest.getDefaultInstance()).getJobsList();
  }

  /** How many items of all jobs of the node's site have a result. */
  long done(Duration limit) {
    return list(limit).stream().mapToLong(JobInfo::getDone).sum();
  }

  /** Reads a job's results from the first to the last, and checks each. */
  Tally check(String id, int items) {
    ResultCheck check = new ResultCheck(items);
    jobs(READ_LIMIT)
        .readResults(ReadResultsRequest.newBuilder().setId(id).build())
        .forEachRemaining(check::add);
    if (check.tally().lost() > 0) {
      System.out.println("  lost of " + id + ": items " + check.lost());
    }
    return check.tally();
  }

  /** The same for several jobs of so many items each. */
  Tally check(List<String> ids, int items) {
    return ids.stream().map(id -> check(id, items)).reduce(Tally.NONE, Tally::plus);
  }

  /** Has it connect again at once, where its node was away. */
  void reconnect() {
    node.channel().resetConnectBackoff();
  }

  @Override
  public void close() {
    node.close();
  }
}
