// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.rhizome.node.access.Caller;
import io.rhizome.node.api.JobMessages;
import io.rhizome.node.api.TenantJobs;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.JobStatus;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.ServingError;
import io.rhizome.node.serving.Timers;
import io.rhizome.v1.JobInfo;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Clients that watch jobs, {@value #MAX} at most. Each watch looks at its job twice a second and
 * tells what changed; a client that does not read misses what lies between.
 */
final class JobWatches {
  /** Most at once. */
  static final int MAX = 256;

  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final TenantJobs jobs;
  private final Supplier<Timers> timers;
  private final Executor blocking;
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean leaving;

  JobWatches(TenantJobs jobs, Supplier<Timers> timers, Executor blocking) {
    this.jobs = jobs;
    this.timers = timers;
    this.blocking = blocking;
  }

  /** Watches until the job has ended. May block; called within the client's call. */
  void begin(Caller caller, JobId id, ServerCallStreamObserver<JobInfo> observer) {
    if (open.incrementAndGet() > MAX) {
      open.decrementAndGet();
      observer.onError(
          JobErrors.toStatus(
              new ServingError(
                  ErrorCode.OVERLOADED, "this node has " + MAX + " watches, as many as it may")));
      return;
    }
    Watch watch = new Watch(caller, id, observer);
    observer.setOnCancelHandler(watch::end);
    watch.look();
  }

  /** Ends all when they look next. */
  void leave() {
    leaving = true;
  }

  /** One of them: one look follows another, so there is one thread at a time. */
  private final class Watch {
    private final Caller caller;
    private final JobId id;
    private final ServerCallStreamObserver<JobInfo> observer;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Cancellable timer = () -> {};
    private @Nullable JobInfo told;

    Watch(Caller caller, JobId id, ServerCallStreamObserver<JobInfo> observer) {
      this.caller = caller;
      this.id = id;
      this.observer = observer;
    }

    void look() {
      if (ended.get()) {
        return;
      }
      try {
        if (leaving) {
          throw new JobException(
              JobException.Code.UNAVAILABLE, "the node is draining; ask another");
        }
        JobStatus status = jobs.status(caller, id);
        boolean over = tell(JobMessages.info(status));
        if (over && status.state() != JobStatus.State.RUNNING) {
          end();
          observer.onCompleted();
          return;
        }
      } catch (JobException | RuntimeException e) {
        end();
        observer.onError(JobErrors.toStatus(e));
        return;
      }
      again();
    }

    /** Whether the client knows. */
    private boolean tell(JobInfo now) {
      if (!now.equals(told) && observer.isReady()) {
        observer.onNext(now);
        told = now;
      }
      return now.equals(told);
    }

    private void again() {
      timer = timers.get().schedule(this::lookOnThread, PERIOD_NANOS);
      if (ended.get()) {
        timer.cancel();
      }
    }

    private void lookOnThread() {
      try {
        blocking.execute(this::look);
      } catch (RejectedExecutionException e) {
        again();
      }
    }

    void end() {
      if (ended.compareAndSet(false, true)) {
        open.decrementAndGet();
        timer.cancel();
      }
    }
  }
}
