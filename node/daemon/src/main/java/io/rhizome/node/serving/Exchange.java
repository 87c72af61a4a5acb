// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.grpc.SynchronizationContext;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.protocol.HopMetadata;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.node.protocol.HopReport.Outcome;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Dispatch;
import io.rhizome.scheduler.DispatchError;
import io.rhizome.scheduler.Explanation;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.Step;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Drives one request's {@link Dispatch}: does what its steps say and tells it what came of them.
 *
 * <p>Everything that touches its state runs in its {@link SynchronizationContext}, one piece at a
 * time, on whichever thread brought the news.
 */
final class Exchange implements Cancellable {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  /** What is older says nothing of load any more. */
  private static final long MAX_HEARSAY_NANOS = 1_000_000_000L;

  private final Serving serving;
  private final Arrival arrival;
  private final Dispatch dispatch;
  private final Reply reply;
  private final Tracing.@Nullable Span span;
  private final long startedNanos;
  private final SynchronizationContext context =
      new SynchronizationContext((thread, error) -> onDefect(error));
  private final Attempts attempts = new Attempts();

  private @Nullable Cancellable timer;
  private long timerNanos;
  private @Nullable ServingError finalWords;
  private long retryNanos = Long.MAX_VALUE;
  private boolean ended;

  Exchange(Serving serving, Arrival arrival, Dispatch dispatch, Reply reply) {
    this.serving = serving;
    this.arrival = arrival;
    this.dispatch = dispatch;
    this.reply = reply;
    this.startedNanos = serving.clock.getAsLong();
    Tracing tracing = serving.tracing;
    this.span = tracing == null ? null : tracing.arrived(arrival.request(), arrival.caller());
  }

  void start() {
    context.execute(() -> take(dispatch.start(serving.view.current(startedNanos))));
  }

  @Override
  public void cancel() {
    context.execute(() -> end(new ServingError(ErrorCode.CANCELLED, "cancelled by the caller")));
  }

  private void onDefect(Throwable error) {
    logged(
        () -> log.error("request for model '{}' met a defect", arrival.request().model(), error));
    context.execute(() -> end(new ServingError(ErrorCode.INTERNAL, "internal error")));
  }

  private ClusterView view() {
    return serving.view.current(serving.clock.getAsLong());
  }

  private void take(List<Step> steps) {
    for (Step step : steps) {
      if (ended) {
        return;
      }
      take(step);
    }
    arm();
  }

  private void take(Step step) {
    if (step instanceof Step.RunHere here) {
      explain();
      countRetry(here.attempt());
      runHere(here);
    } else if (step instanceof Step.Forward forward) {
      explain();
      countRetry(forward.attempt());
      forward(forward);
    } else if (step instanceof Step.GiveUp giveUp) {
      giveUp(giveUp);
    } else if (step instanceof Step.Ask ask) {
      serving.questions.ask(ask.nodes(), arrival.request().model(), ask.router());
    } else {
      explain();
      end(toError(((Step.Fail) step).error()));
    }
  }

  /** Attaches to the trace why it goes where it goes, or nowhere. */
  private void explain() {
    if (span != null && span.isRecorded()) {
      Explanation why = dispatch.explain(view());
      if (why != null) {
        span.decided(why, serving.view::nameOf);
      }
    }
  }

  private void countRetry(int attempt) {
    if (attempt > 1) {
      serving.counters.addRetry();
    }
  }

  /** One timer a request, moved only to an earlier time: what it brings may be nothing yet. */
  private void arm() {
    long due = dispatch.nextTimerNanos();
    if (ended || due == Long.MAX_VALUE || (timer != null && timerNanos <= due)) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    timerNanos = due;
    long delay = Math.max(0, due - serving.clock.getAsLong());
    timer = arrival.timers().schedule(() -> context.execute(this::onTimer), delay);
  }

  private void onTimer() {
    timer = null;
    if (!ended) {
      take(dispatch.onTimer(view()));
    }
  }

  private void giveUp(Step.GiveUp step) {
    Attempts.Attempt attempt = attempts.remove(step.attempt());
    if (attempt == null) {
      return;
    }
    NodeId peer = attempt.peer();
    if (peer != null) {
      serving.peers.onEnded(peer);
      if (step.silent()) {
        serving.counters.addRejection(false, Failure.Kind.SILENT);
        serving.questions.failed(peer, false);
      }
    }
    attempt.cancel();
  }

  private ServingError toError(DispatchError error) {
    ServingError words = finalWords;
    if (error.kind() == DispatchError.Kind.FINAL && words != null) {
      return words;
    }
    Request request = arrival.request();
    ErrorCode code = ErrorCode.of(error.kind());
    // A model that the mesh has heard of is out of reach, not unknown.
    if (code == ErrorCode.UNKNOWN_MODEL
        && serving.view.isKnown(request.model(), request.version())) {
      code = ErrorCode.UNAVAILABLE;
    }
    // The entry, which knows whether it may run twice, must not take it for one that did not run.
    if (!request.isEntering() && error.mayHaveRun() && code.outcome() == Outcome.REFUSED) {
      return new ServingError(ErrorCode.MAY_HAVE_RUN, error.message());
    }
    // What policy forbids here, as this node has it, another may be allowed: the entry goes on.
    if (code == ErrorCode.FORBIDDEN && !request.isEntering()) {
      code = ErrorCode.UNAVAILABLE;
    }
    if (error.retryNanos() > 0) {
      retryNanos = Math.min(retryNanos, error.retryNanos());
    }
    long retry = code.retryLater() && retryNanos != Long.MAX_VALUE ? retryNanos : 0;
    return new ServingError(code, error.message(), retry);
  }

  private void runHere(Step.RunHere step) {
    int number = step.attempt();
    Attempts.Attempt attempt = attempts.add(number, null);
    LocalRun.End end =
        new LocalRun.End() {
          @Override
          public void answered(InputStream response) {
            context.execute(
                () -> {
                  if (over(number)) {
                    Exchange.this.answered(number, serving.self, response, null);
                  } else {
                    close(response);
                  }
                });
          }

          @Override
          public void failed(ServingError error) {
            context.execute(
                () -> {
                  if (over(number)) {
                    Exchange.this.failed(number, serving.self, error, null);
                  }
                });
          }
        };
    Supplier<Cancellable> run =
        () -> LocalRun.begin(serving, arrival, step.version(), path(), span, end);
    if (step.cold()) {
      String model = arrival.request().model();
      ColdRun cold = new ColdRun(serving.coldLoads, model, step.version(), context, run, end);
      attempt.runs(cold);
      cold.begin();
    } else {
      attempt.runs(run.get());
    }
  }

  private void forward(Step.Forward step) {
    Request onward = arrival.request().forwardedBy(serving.self, step.target());
    HopMetadata hop =
        new HopMetadata(
            TimeUnit.NANOSECONDS.toMicros(step.timeoutNanos()),
            onward.path().hopLimit(),
            onward.model(),
            onward.version(),
            onward.path().visited(),
            onward.client().tenant(),
            onward.client().origin(),
            onward.priority().level(),
            step.target());
    serving.counters.addHop();
    serving.peers.onSent(step.to());
    Tracing.Span below = span == null ? null : span.forward(serving.view.nameOf(step.to()));
    TraceContext trace = below == null ? null : below.context();
    RemoteRun run = new RemoteRun(step, serving.clock.getAsLong(), below);
    Attempts.Attempt attempt = attempts.add(step.attempt(), step.to());
    attempt.runs(serving.forwarder.forward(step.to(), hop, arrival.message(), trace, run));
  }

  /** An attempt that somebody waited for failed. */
  private void failed(int number, NodeId at, ServingError error, @Nullable Load load) {
    if (error.code().failure() == Failure.Kind.FINAL) {
      finalWords = error;
    }
    if (error.retryNanos() > 0) {
      retryNanos = Math.min(retryNanos, error.retryNanos());
    }
    failed(number, at, new Failure(error.code().failure(), error.message()), load);
  }

  private void failed(int number, NodeId at, Failure failure, @Nullable Load load) {
    serving.counters.addRejection(at.equals(serving.self), failure.kind());
    take(dispatch.onFailure(view(), number, failure, load));
  }

  /** Whether anybody still waited for that attempt; nobody does any more. */
  private boolean over(int number) {
    Attempts.Attempt attempt = attempts.remove(number);
    if (attempt == null) {
      return false;
    }
    NodeId peer = attempt.peer();
    if (peer != null) {
      serving.peers.onEnded(peer);
    }
    return true;
  }

  /** An attempt that somebody waited for was answered. */
  private void answered(int number, NodeId by, InputStream response, @Nullable Load load) {
    // First what it lets go, so that the client's next request finds it gone.
    take(dispatch.onAnswer(view(), number, load));
    finish();
    serving.counters.addAnswered(by.equals(serving.self));
    if (span != null) {
      span.end();
    }
    reply.answer(response);
  }

  private static void close(InputStream unwanted) {
    try {
      unwanted.close();
    } catch (IOException e) {
      log.debug("could not close an abandoned response", e);
    }
  }

  private void end(ServingError error) {
    if (ended) {
      return;
    }
    finish();
    serving.counters.addFailed(error.code());
    logged(
        () ->
            log.debug(
                "request for model '{}' failed: {}: {}",
                arrival.request().model(),
                error.code(),
                error.message()));
    if (span != null) {
      span.fail(error.code() + ": " + error.message());
    }
    reply.fail(error);
  }

  private void finish() {
    ended = true;
    for (Attempts.Attempt attempt : attempts.removeAll()) {
      NodeId peer = attempt.peer();
      if (peer != null) {
        serving.peers.onEnded(peer);
      }
      attempt.cancel();
    }
    serving.inFlightBytes.release(arrival.message().length);
    serving.underWay.decrementAndGet();
    serving.counters.addEnded(
        arrival.request().isEntering(), serving.clock.getAsLong() - startedNanos);
    if (timer != null) {
      timer.cancel();
    }
  }

  /** Logs with the trace's id beside the line, if the request is traced. */
  private void logged(Runnable line) {
    if (span == null) {
      line.run();
      return;
    }
    MDC.put("trace_id", span.traceId());
    try {
      line.run();
    } finally {
      MDC.remove("trace_id");
    }
  }

  private String path() {
    return Stream.concat(arrival.request().path().visited().stream(), Stream.of(serving.self))
        .map(serving.view::nameOf)
        .collect(Collectors.joining(","));
  }

  private final class RemoteRun implements Forwarder.Result {
    private final Step.Forward step;
    private final long sentNanos;
    private final Tracing.@Nullable Span below;

    RemoteRun(Step.Forward step, long sentNanos, Tracing.@Nullable Span below) {
      this.step = step;
      this.sentNanos = sentNanos;
      this.below = below;
    }

    @Override
    public void onAnswer(InputStream response, @Nullable HopReport report) {
      if (below != null) {
        below.end();
      }
      context.execute(
          () -> {
            boolean wanted = over(step.attempt());
            Load load = learn(report);
            if (wanted) {
              answered(step.attempt(), step.to(), response, load);
            } else {
              close(response);
            }
          });
    }

    @Override
    public void onFailure(ServingError error, @Nullable HopReport report) {
      if (below != null) {
        below.fail(error.code() + ": " + error.message());
      }
      context.execute(
          () -> {
            boolean wanted = over(step.attempt());
            Load load = learn(report);
            if (load != null && error.code() == ErrorCode.OVERLOADED) {
              serving.peers.onRefusal(
                  serving.clock.getAsLong(),
                  step.to(),
                  arrival.request(),
                  error.retryNanos(),
                  load);
            }
            if (wanted) {
              failed(step.attempt(), step.to(), doubted(error), load);
            }
          });
    }

    /** A peer that calls the deadline passed while there is time left has merely refused. */
    private ServingError doubted(ServingError error) {
      boolean timeLeft = serving.clock.getAsLong() < arrival.deadlineNanos();
      return error.code() == ErrorCode.DEADLINE_EXCEEDED && timeLeft
          ? new ServingError(ErrorCode.UNAVAILABLE, "gave up early: " + error.message())
          : error;
    }

    @Override
    public void onBroken(String why, boolean sent) {
      if (below != null) {
        below.fail(why);
      }
      context.execute(
          () -> {
            // An attempt that was given up says nothing of the peer.
            if (over(step.attempt())) {
              serving.questions.failed(step.to(), true);
              Failure.Kind kind = sent ? Failure.Kind.BROKEN : Failure.Kind.REFUSED;
              failed(step.attempt(), step.to(), new Failure(kind, why), null);
            }
          });
    }

    /** What the peer says of itself; a relay's word says nothing of the holder behind it. */
    private @Nullable Load learn(@Nullable HopReport report) {
      if (report == null) {
        return null;
      }
      Load load =
          new Load(report.inFlight(), report.limit(), report.queueNanos(), report.serviceNanos());
      long now = serving.clock.getAsLong();
      boolean holder = step.target() == null;
      serving.peers.onReport(
          now,
          step.to(),
          holder ? arrival.request().model() : "",
          now - sentNanos - report.elapsedNanos(),
          arrival.request().bytes(),
          load);
      serving.words.heard(step.to(), arrival.request().model(), report.word());
      HopReport.Alternative other = report.alternative();
      if (other != null
          && other.ageNanos() <= MAX_HEARSAY_NANOS
          && serving.view.isMember(other.node())) {
        serving.peers.onHearsay(
            now - other.ageNanos(),
            other.node(),
            arrival.request().model(),
            new Load(other.inFlight(), other.limit(), other.queueNanos(), other.serviceNanos()));
      }
      return holder ? load : null;
    }
  }
}
