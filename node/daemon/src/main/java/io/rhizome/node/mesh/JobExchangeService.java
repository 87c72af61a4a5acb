// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.mesh.v1.GetProgressResponse;
import io.rhizome.mesh.v1.GiveUpResponse;
import io.rhizome.mesh.v1.HandOverPart;
import io.rhizome.mesh.v1.HandOverResponse;
import io.rhizome.mesh.v1.HandedJob;
import io.rhizome.mesh.v1.JobExchangeGrpc;
import io.rhizome.mesh.v1.PartResult;
import io.rhizome.mesh.v1.ReadPartsRequest;
import io.rhizome.node.jobs.ItemResult;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.JobStatus;
import io.rhizome.node.jobs.Jobs;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What this site does for others: takes parts of their jobs over as jobs of its own, and tells the
 * site that one came from how far it is. Blocks on the disk and the store; runs off the event
 * loops.
 */
public final class JobExchangeService extends JobExchangeGrpc.JobExchangeImplBase {
  private static final int MOST_ITEMS = 4_096;

  private final Jobs jobs;
  private final Supplier<MembershipView> membership;

  /** An exchange over these jobs, between the sites that members say they are of. */
  public JobExchangeService(Jobs jobs, Supplier<MembershipView> membership) {
    this.jobs = jobs;
    this.membership = membership;
  }

  /** What is done for a caller. */
  private interface Work {
    void run() throws JobException, IOException;
  }

  private static void answer(StreamObserver<?> observer, Work work) {
    try {
      work.run();
    } catch (JobException | IOException | RuntimeException e) {
      observer.onError(status(e).asException());
    }
  }

  private static Status status(Exception error) {
    if (error instanceof JobException refused) {
      Status status =
          switch (refused.code()) {
            case NOT_FOUND -> Status.NOT_FOUND;
            case CONFLICT -> Status.ALREADY_EXISTS;
            case INVALID -> Status.INVALID_ARGUMENT;
            case TOO_LARGE, FULL -> Status.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> Status.UNAVAILABLE;
          };
      return status.withDescription(refused.getMessage());
    }
    return error instanceof IllegalArgumentException
        ? Status.INVALID_ARGUMENT.withDescription(error.getMessage())
        : Status.fromThrowable(error);
  }

  /** The caller's site; {@link IllegalArgumentException} where it has none. */
  private String site() {
    Member caller = membership.get().members().get(Caller.KEY.get());
    String site = caller == null ? "" : SiteMessages.site(caller);
    if (site.isEmpty()) {
      throw new IllegalArgumentException("a node without a label 'site' hands nothing over");
    }
    return site;
  }

  /** A job that the caller's site handed over. */
  private JobStatus handed(String id) throws JobException {
    JobStatus status = jobs.status(new JobId(id));
    if (!status.job().spec().source().site().equals(site())) {
      throw new JobException(JobException.Code.NOT_FOUND, "no job of yours is called " + id);
    }
    return status;
  }

  @Override
  public StreamObserver<HandOverPart> handOver(StreamObserver<HandOverResponse> observer) {
    return new Taking(observer);
  }

  /** A job that comes in; one message at a time. */
  private final class Taking implements StreamObserver<HandOverPart> {
    private final StreamObserver<HandOverResponse> observer;
    private final String from;
    private Jobs.@Nullable Upload upload;
    private boolean over;

    Taking(StreamObserver<HandOverResponse> observer) {
      this.observer = observer;
      String site = "";
      try {
        site = site();
      } catch (IllegalArgumentException e) {
        fail(e);
      }
      this.from = site;
    }

    @Override
    public void onNext(HandOverPart message) {
      if (over) {
        return;
      }
      try {
        take(message);
      } catch (JobException | IOException | RuntimeException e) {
        fail(e);
      }
    }

    private void take(HandOverPart message) throws JobException, IOException {
      Jobs.Upload coming = upload;
      if (message.hasJob() == (coming != null)) {
        throw new IllegalArgumentException("one job first, then items");
      }
      if (coming != null) {
        coming.add(message.getItem().toByteArray());
        return;
      }
      Job job = SiteMessages.job(message.getJob().toByteArray());
      if (!job.spec().source().site().equals(from)) {
        throw new IllegalArgumentException(
            "source: it comes from site " + from + ", not " + job.spec().source().site());
      }
      upload = jobs.upload(job.spec(), 0);
    }

    private void fail(Exception error) {
      over = true;
      close();
      observer.onError(status(error).asException());
    }

    private void close() {
      Jobs.Upload coming = upload;
      if (coming != null) {
        coming.close();
      }
    }

    @Override
    public void onError(Throwable error) {
      over = true;
      close();
    }

    @Override
    public void onCompleted() {
      Jobs.Upload coming = upload;
      if (over) {
        return;
      }
      if (coming == null) {
        fail(new IllegalArgumentException("one job first, then items"));
        return;
      }
      try {
        var unused = coming.accept();
        over = true;
        close();
        observer.onNext(HandOverResponse.getDefaultInstance());
        observer.onCompleted();
      } catch (JobException | RuntimeException e) {
        fail(e);
      }
    }
  }

  @Override
  public void getProgress(HandedJob request, StreamObserver<GetProgressResponse> observer) {
    answer(
        observer,
        () -> {
          JobStatus status = handed(request.getId());
          observer.onNext(
              GetProgressResponse.newBuilder()
                  .setDone(status.done())
                  .setCancelled(status.state() == JobStatus.State.CANCELLED)
                  .build());
          observer.onCompleted();
        });
  }

  @Override
  public void readParts(ReadPartsRequest request, StreamObserver<PartResult> observer) {
    ServerCallStreamObserver<PartResult> call = (ServerCallStreamObserver<PartResult>) observer;
    answer(
        observer,
        () -> {
          JobId id = handed(request.getId()).job().id();
          int most = Math.min(MOST_ITEMS, request.getItems());
          for (ItemResult result : jobs.results(id, request.getFirstItem(), most)) {
            Pacing.await(call, call::isCancelled);
            call.onNext(message(result));
          }
          call.onCompleted();
        });
  }

  private static PartResult message(ItemResult result) {
    PartResult.Builder message = PartResult.newBuilder().setItem(result.item());
    return result.failed()
        ? message.setError(result.error()).build()
        : message.setAnswer(UnsafeByteOperations.unsafeWrap(result.value())).build();
  }

  @Override
  public void giveUp(HandedJob request, StreamObserver<GiveUpResponse> observer) {
    answer(
        observer,
        () -> {
          var unused = jobs.cancel(handed(request.getId()).job().id());
          observer.onNext(GiveUpResponse.getDefaultInstance());
          observer.onCompleted();
        });
  }
}
