// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.access.Caller;
import io.rhizome.node.api.JobMessages;
import io.rhizome.node.api.ResultPages;
import io.rhizome.node.api.TenantJobs;
import io.rhizome.node.jobs.ItemResult;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.serving.Timers;
import io.rhizome.v1.JobInfo;
import io.rhizome.v1.JobRequest;
import io.rhizome.v1.JobResult;
import io.rhizome.v1.JobServiceGrpc;
import io.rhizome.v1.ListJobsRequest;
import io.rhizome.v1.ListJobsResponse;
import io.rhizome.v1.ReadResultsRequest;
import io.rhizome.v1.SubmitJobRequest;
import io.rhizome.v1.UploadInfo;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * {@code rhizome.v1.JobService}. Must stand behind an {@link AccessGuard}, and its calls run on
 * threads that may block.
 */
public final class JobService extends JobServiceGrpc.JobServiceImplBase {
  private final TenantJobs jobs;
  private final JobWatches watches;
  private final Supplier<Timers> timers;
  private final Executor blocking;

  /**
   * The service over these jobs.
   *
   * @param timers say when to look again at a job that is watched, or is coming in
   * @param blocking where that is done
   */
  public JobService(TenantJobs jobs, Supplier<Timers> timers, Executor blocking) {
    this.jobs = jobs;
    this.watches = new JobWatches(jobs, timers, blocking);
    this.timers = timers;
    this.blocking = blocking;
  }

  /** Ends watches within a moment, so that their clients go on elsewhere. */
  void leave() {
    watches.leave();
  }

  private static Caller caller() {
    return Objects.requireNonNull(AccessGuard.CALLER.get(), "AccessGuard comes first");
  }

  @Override
  public StreamObserver<SubmitJobRequest> submitJob(StreamObserver<JobInfo> observer) {
    Submit submit = new Submit(jobs, caller(), (ServerCallStreamObserver<JobInfo>) observer);
    submit.watch(timers.get(), blocking);
    return submit;
  }

  @Override
  public void getUpload(JobRequest request, StreamObserver<UploadInfo> observer) {
    answer(
        observer,
        caller ->
            UploadInfo.newBuilder()
                .setItems(jobs.uploaded(caller, TenantJobs.id(request.getId())))
                .build());
  }

  @Override
  public void getJob(JobRequest request, StreamObserver<JobInfo> observer) {
    answer(
        observer, caller -> JobMessages.info(jobs.status(caller, TenantJobs.id(request.getId()))));
  }

  @Override
  public void listJobs(ListJobsRequest request, StreamObserver<ListJobsResponse> observer) {
    answer(observer, caller -> JobMessages.list(jobs.list(caller)));
  }

  @Override
  public void watchJob(JobRequest request, StreamObserver<JobInfo> observer) {
    try {
      watches.begin(
          caller(), TenantJobs.id(request.getId()), (ServerCallStreamObserver<JobInfo>) observer);
    } catch (JobException e) {
      observer.onError(JobErrors.toStatus(e));
    }
  }

  @Override
  public void readResults(ReadResultsRequest request, StreamObserver<JobResult> observer) {
    ResultPages pages;
    try {
      pages =
          jobs.results(
              caller(),
              TenantJobs.id(request.getId()),
              request.getFirstItem(),
              request.getFailedOnly());
    } catch (JobException | RuntimeException e) {
      observer.onError(JobErrors.toStatus(e));
      return;
    }
    var results = (ServerCallStreamObserver<JobResult>) observer;
    results.setOnCancelHandler(() -> {});
    results.setOnReadyHandler(new Results(pages, results));
  }

  @Override
  public void cancelJob(JobRequest request, StreamObserver<JobInfo> observer) {
    answer(
        observer, caller -> JobMessages.info(jobs.cancel(caller, TenantJobs.id(request.getId()))));
  }

  @Override
  public void retryJob(JobRequest request, StreamObserver<JobInfo> observer) {
    answer(
        observer, caller -> JobMessages.info(jobs.retry(caller, TenantJobs.id(request.getId()))));
  }

  /** What a call is answered with. */
  private interface Answer<T> {
    T to(Caller caller) throws JobException, AccessException;
  }

  private static <T> void answer(StreamObserver<T> observer, Answer<T> answer) {
    T message;
    try {
      message = answer.to(caller());
    } catch (JobException | AccessException | RuntimeException e) {
      observer.onError(JobErrors.toStatus(e));
      return;
    }
    observer.onNext(message);
    observer.onCompleted();
  }

  /** Sends results as long as the connection takes them, each time it takes more. */
  private static final class Results implements Runnable {
    private final ResultPages pages;
    private final ServerCallStreamObserver<JobResult> out;
    private boolean ended;

    Results(ResultPages pages, ServerCallStreamObserver<JobResult> out) {
      this.pages = pages;
      this.out = out;
    }

    @Override
    public void run() {
      try {
        while (!ended && out.isReady()) {
          for (ItemResult result : pages.next()) {
            out.onNext(JobMessages.result(result));
          }
          if (pages.ended()) {
            ended = true;
            out.onCompleted();
          }
        }
      } catch (JobException | RuntimeException e) {
        ended = true;
        out.onError(JobErrors.toStatus(e));
      }
    }
  }
}
