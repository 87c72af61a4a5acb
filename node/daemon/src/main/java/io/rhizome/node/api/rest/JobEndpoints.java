// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.access.Caller;
import io.rhizome.node.access.Right;
import io.rhizome.node.api.JobMessages;
import io.rhizome.node.api.TenantJobs;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.InFlightBytes;
import io.rhizome.node.text.MessageJson;
import io.rhizome.v1.UploadInfo;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Jobs over REST, below {@code /v1/jobs}. */
final class JobEndpoints {
  private static final String JOBS = "/v1/jobs";
  private static final String JOB = JOBS + "/{id}";

  private final RestGuard guard;
  private final Parts parts;

  /**
   * What calls need.
   *
   * @param inFlight counts what is here of lines that are not whole
   * @param body the longest line; an item's encoded form may be no larger either
   * @param blocking where all of them run
   */
  record Parts(
      TenantJobs jobs,
      InFlightBytes inFlight,
      BodyReader.Limit body,
      RestErrors errors,
      Executor blocking) {}

  JobEndpoints(RestGuard guard, Parts parts) {
    this.guard = guard;
    this.parts = parts;
  }

  void addTo(ServerBuilder server) {
    // A body may be longer than the heap: lines have a limit, and so has a job.
    server
        .route()
        .path(JOBS)
        .methods(HttpMethod.POST)
        .maxRequestLength(0)
        .build(guard.of(Right.INFER, this::submit));
    TenantJobs jobs = parts.jobs();
    add(
        server,
        HttpMethod.GET,
        JOBS,
        (ctx, caller) -> message(JobMessages.list(jobs.list(caller))));
    add(
        server,
        HttpMethod.GET,
        JOB,
        (ctx, caller) -> message(JobMessages.info(jobs.status(caller, new JobParams(ctx).id()))));
    add(server, HttpMethod.GET, JOB + "/upload", this::uploaded);
    add(server, HttpMethod.GET, JOB + "/results", this::results);
    add(
        server,
        HttpMethod.POST,
        JOB + "/cancel",
        (ctx, caller) -> message(JobMessages.info(jobs.cancel(caller, new JobParams(ctx).id()))));
    add(
        server,
        HttpMethod.POST,
        JOB + "/retry",
        (ctx, caller) -> message(JobMessages.info(jobs.retry(caller, new JobParams(ctx).id()))));
  }

  /** What a call is answered with. */
  private interface Answer {
    HttpResponse to(ServiceRequestContext ctx, Caller caller) throws JobException, AccessException;
  }

  private void add(ServerBuilder server, HttpMethod method, String path, Answer answer) {
    HttpService service = (ctx, request) -> onThread(ctx, answer);
    server.service(
        Route.builder().path(path).methods(method).build(), guard.of(Right.INFER, service));
  }

  private HttpResponse onThread(ServiceRequestContext ctx, Answer answer) {
    Caller caller = RestGuard.caller(ctx);
    try {
      return HttpResponse.of(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return answer.to(ctx, caller);
                } catch (JobException | AccessException | RuntimeException e) {
                  return RestErrors.respond(parts.errors().errorOf(e));
                }
              },
              parts.blocking()));
    } catch (RejectedExecutionException e) {
      return RestErrors.respond(tooManyCalls().error());
    }
  }

  private HttpResponse submit(ServiceRequestContext ctx, HttpRequest request) {
    JobSubmit submit = new JobSubmit(parts, ctx);
    request.subscribe(submit);
    return HttpResponse.of(submit.answer());
  }

  private HttpResponse uploaded(ServiceRequestContext ctx, Caller caller) throws JobException {
    int items = parts.jobs().uploaded(caller, new JobParams(ctx).id());
    return message(UploadInfo.newBuilder().setItems(items).build());
  }

  private HttpResponse results(ServiceRequestContext ctx, Caller caller) throws JobException {
    JobParams params = new JobParams(ctx);
    // As long as the client takes to read them.
    ctx.clearRequestTimeout();
    return JobResults.begin(
        parts.jobs().results(caller, params.id(), params.firstItem(), params.failedOnly()),
        parts.blocking());
  }

  static RefusedException tooManyCalls() {
    return new RefusedException(ErrorCode.OVERLOADED, "too many calls wait for a thread");
  }

  static HttpResponse message(Message message) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON, MessageJson.of(message).toString());
  }
}
