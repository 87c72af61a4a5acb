// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.access.Caller;
import io.rhizome.node.api.JobMessages;
import io.rhizome.node.api.TenantJobs;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.serving.Timers;
import io.rhizome.v1.JobInfo;
import io.rhizome.v1.JobSpec;
import io.rhizome.v1.SubmitJobRequest;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One job on its way in: the spec, then its items, a few of which are asked for at once, the next
 * when those are kept: each time is a wait for two threads. What arrived stays for another try,
 * however this ends. A client that sends nothing for a minute or two is cut off. Any thread that
 * may block.
 */
final class Submit implements StreamObserver<SubmitJobRequest> {
  private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Of what is asked for at once, if it is like the last; and so many items at most. */
  private static final int AHEAD_BYTES = 256 * 1024;

  private static final int MAX_AHEAD = 32;

  private final TenantJobs jobs;
  private final Caller caller;
  private final ServerCallStreamObserver<JobInfo> observer;
  private TenantJobs.@Nullable Submission submission;
  private boolean ended;
  private boolean heard;
  private int ahead;
  private Cancellable look = () -> {};

  Submit(TenantJobs jobs, Caller caller, ServerCallStreamObserver<JobInfo> observer) {
    this.jobs = jobs;
    this.caller = caller;
    this.observer = observer;
    observer.setOnCancelHandler(this::end);
    observer.disableAutoRequest();
    ask(AHEAD_BYTES);
  }

  /** Asks for what is next, when all that was asked for has come. */
  private void ask(int lastBytes) {
    if (ahead == 0) {
      ahead = Math.max(1, Math.min(MAX_AHEAD, AHEAD_BYTES / Math.max(1, lastBytes)));
      observer.request(ahead);
    }
  }

  @Override
  public synchronized void onNext(SubmitJobRequest message) {
    if (ended) {
      return;
    }
    heard = true;
    ahead--;
    int bytes = AHEAD_BYTES;
    try {
      switch (message.getPartCase()) {
        case SPEC -> begin(message.getSpec());
        case ITEM -> {
          byte[] item = message.getItem().toByteArray();
          bytes = item.length;
          begun().add(item);
        }
        case PART_NOT_SET -> throw invalid("a message has a spec or an item");
      }
    } catch (JobException | AccessException | RuntimeException e) {
      refuse(e);
      return;
    }
    ask(bytes);
  }

  /** Cuts it off where nothing comes for a minute or two; looks on threads that may block. */
  synchronized void watch(Timers timers, Executor blocking) {
    look =
        timers.schedule(
            () -> blocking.execute(() -> lookIfSilent(timers, blocking)), SILENCE_NANOS);
  }

  private synchronized void lookIfSilent(Timers timers, Executor blocking) {
    if (ended) {
      return;
    }
    if (heard) {
      heard = false;
      watch(timers, blocking);
    } else {
      refuse(
          new JobException(
              JobException.Code.UNAVAILABLE,
              "nothing came for a minute; go on with first_item where GetUpload says"));
    }
  }

  private void begin(JobSpec spec) throws JobException, AccessException {
    if (submission != null) {
      throw invalid("a submission has one spec, as its first message");
    }
    Duration expires = Duration.ofSeconds(spec.getExpiresSeconds());
    submission =
        jobs.submit(
            caller,
            TenantJobs.spec(
                caller,
                spec.getId(),
                spec.getModel(),
                spec.getVersion(),
                spec.getPriority(),
                expires,
                TenantJobs.placement(spec.getObjective(), spec.getWindow(), spec.getOnMains())),
            spec.getFirstItem());
  }

  private TenantJobs.Submission begun() throws JobException {
    TenantJobs.Submission begun = submission;
    if (begun == null) {
      throw invalid("the first message of a submission is its spec");
    }
    return begun;
  }

  private static JobException invalid(String message) {
    return new JobException(JobException.Code.INVALID, message);
  }

  @Override
  public synchronized void onError(Throwable error) {
    end();
  }

  @Override
  public synchronized void onCompleted() {
    if (ended) {
      return;
    }
    JobInfo accepted;
    try {
      accepted = JobMessages.info(begun().accept());
    } catch (JobException | RuntimeException e) {
      refuse(e);
      return;
    }
    end();
    observer.onNext(accepted);
    observer.onCompleted();
  }

  private void refuse(Exception failure) {
    end();
    observer.onError(JobErrors.toStatus(failure));
  }

  private synchronized void end() {
    ended = true;
    look.cancel();
    TenantJobs.Submission begun = submission;
    if (begun != null) {
      begun.close();
    }
  }
}
