// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.util.TimeoutMode;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.api.JobMessages;
import io.rhizome.node.api.TenantJobs;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.protocol.MalformedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * One job on its way in through the HTTP port: each line of the body is an item. More of the body
 * is asked for when what came is kept; a client that then sends nothing for a minute is cut off.
 * What arrived stays for another try, however this ends.
 */
final class JobSubmit implements Subscriber<HttpObject> {
  private static final Duration SILENCE_LIMIT = Duration.ofMinutes(1);

  private final JobEndpoints.Parts parts;
  private final ServiceRequestContext ctx;
  private final JsonLines lines;
  private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();

  /** What was begun on the threads that may block: one thing follows another. */
  private CompletableFuture<Void> work = CompletableFuture.completedFuture(null);

  private @Nullable Subscription subscription;
  private TenantJobs.@Nullable Submission submission;

  JobSubmit(JobEndpoints.Parts parts, ServiceRequestContext ctx) {
    this.parts = parts;
    this.ctx = ctx;
    this.lines = new JsonLines(this::add, parts.body(), parts.inFlight());
  }

  /** The end of it. */
  CompletableFuture<HttpResponse> answer() {
    return answer;
  }

  /** A step of the work. */
  private interface Step {
    void run() throws JobException, AccessException, MalformedException, RefusedException;
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    then(
        () -> {
          JobParams params = new JobParams(ctx);
          var caller = RestGuard.caller(ctx);
          submission = parts.jobs().submit(caller, params.spec(caller), params.firstItem());
          more(given);
        });
  }

  private void more(Subscription from) {
    ctx.setRequestTimeout(TimeoutMode.SET_FROM_NOW, SILENCE_LIMIT);
    from.request(1);
  }

  @Override
  public void onNext(HttpObject object) {
    ctx.clearRequestTimeout();
    Subscription from = subscription;
    byte[] part = {};
    if (object instanceof HttpData data) {
      try (data) {
        part = data.array();
      }
    }
    byte[] taken = part;
    then(
        () -> {
          lines.feed(taken);
          if (from != null) {
            more(from);
          }
        });
  }

  private void add(byte[] line) throws MalformedException, RefusedException, JobException {
    int most = parts.body().bytes();
    byte[] item = InferRequestReader.read(line, line.length, most).request().build().toByteArray();
    if (item.length > most) {
      throw RefusedException.tooLarge(
          "an item has more than %d bytes (%s)".formatted(most, parts.body().by()));
    }
    begun().add(item);
  }

  private TenantJobs.Submission begun() {
    TenantJobs.Submission begun = submission;
    if (begun == null) {
      throw new IllegalStateException("a submission begins before its items");
    }
    return begun;
  }

  @Override
  public void onComplete() {
    ctx.clearRequestTimeout();
    then(
        () -> {
          lines.end();
          HttpResponse accepted = JobEndpoints.message(JobMessages.info(begun().accept()));
          end();
          answer.complete(accepted);
        });
  }

  @Override
  public void onError(Throwable failure) {
    then(() -> fail(failure));
  }

  /** Goes on when what was begun before has ended well. */
  private void then(Step step) {
    work =
        work.thenRunAsync(
            () -> {
              if (answer.isDone()) {
                return;
              }
              try {
                step.run();
              } catch (JobException
                  | AccessException
                  | MalformedException
                  | RefusedException
                  | RuntimeException e) {
                fail(e);
              }
            },
            parts.blocking());
    var unused =
        work.whenComplete(
            (done, failure) -> {
              if (failure != null) {
                fail(failure);
              }
            });
  }

  private void fail(Throwable failure) {
    end();
    // No more is asked for; what comes once the answer is out the server drops.
    answer.complete(RestErrors.respond(parts.errors().errorOfBody(busy(failure))));
  }

  /** What it means that no thread took a step. */
  private static Throwable busy(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof RejectedExecutionException ? JobEndpoints.tooManyCalls() : failure;
  }

  private void end() {
    lines.close();
    TenantJobs.Submission begun = submission;
    if (begun != null) {
      begun.close();
    }
  }
}
