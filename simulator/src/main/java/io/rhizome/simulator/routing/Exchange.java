// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.Dispatch;
import io.rhizome.scheduler.DispatchConfig;
import io.rhizome.scheduler.DispatchError;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouterWord;
import io.rhizome.scheduler.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request at one node: drives its {@link Dispatch} as a daemon does. Does what its steps say,
 * tells it what came of them, and whoever sent the request how it ended.
 */
final class Exchange {
  private static final long NEVER = Long.MAX_VALUE;

  private final RoutedNode node;
  private final Call call;
  private final Request request;
  private final Job job;
  private final long deadlineNanos;
  private final @Nullable Sender sender;
  private final Dispatch dispatch;
  private final List<Attempt> attempts = new ArrayList<>(2);
  private final long arrivedNanos;
  private long timerNanos = NEVER;
  private boolean ended;
  private int slot;

  /** The attempt at another node that brought a request here. */
  private record Sender(Exchange exchange, Attempt attempt) {}

  /** An attempt that is out: here or at a peer. */
  private static final class Attempt {
    final int number;
    final int peer;
    final boolean relayed;
    final long sentNanos;
    final Job job;
    @Nullable LocalRun here;
    @Nullable Exchange there;

    Attempt(int number, int peer, boolean relayed, long sentNanos, Job job) {
      this.number = number;
      this.peer = peer;
      this.relayed = relayed;
      this.sentNanos = sentNanos;
      this.job = job;
    }
  }

  private Exchange(
      RoutedNode node,
      Call call,
      Request request,
      Job job,
      long deadlineNanos,
      @Nullable Sender sender) {
    this.node = node;
    this.call = call;
    this.request = request;
    this.job = job;
    this.deadlineNanos = deadlineNanos;
    this.sender = sender;
    this.arrivedNanos = node.now();
    this.dispatch =
        new Dispatch(
            request,
            node.router,
            deadlineNanos,
            DispatchConfig.DEFAULT,
            node.resilience,
            node.random);
    this.slot = node.open.size();
    node.open.add(this);
  }

  /** A client's request at that node. */
  static void begin(RoutedNode node, Call call) {
    Job job = new Job(call.workNanos());
    new Exchange(node, call, call.request(), job, call.deadlineNanos(), null).start();
  }

  private void start() {
    follow(dispatch.start(node.view()));
  }

  Request request() {
    return request;
  }

  Call call() {
    return call;
  }

  private void follow(List<Step> steps) {
    for (Step step : steps) {
      if (ended) {
        return;
      }
      if (step instanceof Step.RunHere here) {
        runHere(here);
      } else if (step instanceof Step.Forward forward) {
        forward(forward);
      } else if (step instanceof Step.GiveUp giveUp) {
        giveUp(giveUp);
      } else if (step instanceof Step.Ask ask) {
        node.ask(ask.nodes(), request.model());
      } else {
        end(failure(((Step.Fail) step).error()));
      }
    }
    arm();
  }

  private void arm() {
    long due = dispatch.nextTimerNanos();
    if (ended || due >= timerNanos) {
      return;
    }
    timerNanos = due;
    node.mesh.queue().at(due, () -> node.act(() -> onTimer(due)));
  }

  private void onTimer(long planned) {
    if (!ended && timerNanos == planned) {
      timerNanos = NEVER;
      follow(dispatch.onTimer(node.view()));
    }
  }

  private void runHere(Step.RunHere step) {
    Job run = fresh(node);
    Attempt attempt = new Attempt(step.attempt(), node.number, false, node.now(), run);
    attempts.add(attempt);
    LocalRun here = new LocalRun(node, this, step.attempt(), run, deadlineNanos);
    attempt.here = here;
    node.mesh.watch().onRun(node.number, request, call);
    node.run(here, step.cold());
  }

  /** The job for an attempt: that which came with the request, unless another attempt had it. */
  private Job fresh(RoutedNode holder) {
    Job fresh = job;
    if (job.line != holder.expected || !attempts.isEmpty()) {
      fresh = new Job(call.workNanos());
      fresh.expect(holder.expected);
    }
    return fresh;
  }

  private void forward(Step.Forward step) {
    int peer = RoutingMesh.number(step.to());
    Job run = fresh(node.mesh.node(RoutingMesh.number(step.holder())));
    Attempt attempt = new Attempt(step.attempt(), peer, step.target() != null, node.now(), run);
    attempts.add(attempt);
    node.peers.onSent(step.to());
    Request onward = request.forwardedBy(node.id, step.target());
    node.mesh.send(
        node,
        peer,
        there -> {
          node.mesh.watch().onPayload(there.number, onward, call);
          long deadline = deadlineNanos == NEVER ? NEVER : there.now() + step.timeoutNanos();
          Exchange exchange =
              new Exchange(there, call, onward, run, deadline, new Sender(this, attempt));
          attempt.there = exchange;
          exchange.start();
        },
        () -> broken(attempt, Failure.Kind.REFUSED));
  }

  private void giveUp(Step.GiveUp step) {
    Attempt attempt = find(step.attempt());
    if (attempt == null) {
      return;
    }
    over(attempt);
    if (step.silent() && attempt.here == null) {
      node.doubt(attempt.peer, false);
    }
    cancel(attempt);
  }

  private void cancel(Attempt attempt) {
    LocalRun here = attempt.here;
    if (here != null) {
      attempt.job.unexpect();
      here.cancel();
      return;
    }
    node.mesh.send(
        node,
        attempt.peer,
        there -> {
          Exchange exchange = attempt.there;
          attempt.job.unexpect();
          if (exchange != null) {
            exchange.cancelled();
          }
        },
        () -> {});
  }

  /** The node that sent it does not want it any more. */
  private void cancelled() {
    if (!ended) {
      finish();
    }
  }

  private @Nullable Attempt find(int number) {
    for (Attempt attempt : attempts) {
      if (attempt.number == number) {
        return attempt;
      }
    }
    return null;
  }

  private void over(Attempt attempt) {
    attempts.remove(attempt);
    if (attempt.here == null) {
      node.peers.onEnded(node.mesh.node(attempt.peer).id);
    }
  }

  void answeredHere(int number) {
    node.act(
        () -> {
          Attempt attempt = find(number);
          if (!ended && attempt != null) {
            over(attempt);
            answered(number, null);
          }
        });
  }

  void failedHere(int number, Failure failure) {
    Attempt attempt = find(number);
    if (!ended && attempt != null) {
      attempt.job.unexpect();
      over(attempt);
      follow(dispatch.onFailure(node.view(), number, failure, null));
    }
  }

  private void answered(int number, @Nullable Load load) {
    follow(dispatch.onAnswer(node.view(), number, load));
    end(null);
  }

  /** News from a peer, with what it says of itself, and whom it names where it has no room. */
  private void hear(
      Attempt attempt,
      @Nullable Failure failure,
      Load load,
      @Nullable RouterWord word,
      long elapsedNanos,
      Optional<NodeView> alternative) {
    boolean wanted = !ended && attempts.contains(attempt);
    if (wanted) {
      over(attempt);
    }
    node.peers.onReport(
        node.now(),
        node.mesh.node(attempt.peer).id,
        attempt.relayed ? "" : request.model(),
        node.now() - attempt.sentNanos - elapsedNanos,
        request.bytes(),
        load);
    node.heard(node.mesh.node(attempt.peer).id, request.model(), word);
    if (!attempt.relayed && failure != null && failure.kind() == Failure.Kind.OVERLOADED) {
      NodeId holder = node.mesh.node(attempt.peer).id;
      node.peers.onRefusal(node.now(), holder, request, load.queueNanos(), load);
    }
    alternative
        .filter(other -> !other.id().equals(node.id))
        .ifPresent(
            other ->
                node.peers.onHearsay(
                    node.now() - other.loadAgeNanos(), other.id(), request.model(), other.load()));
    if (!wanted) {
      return;
    }
    Load known = attempt.relayed ? null : load;
    if (failure == null) {
      answered(attempt.number, known);
      return;
    }
    attempt.job.unexpect();
    boolean early = failure.kind() == Failure.Kind.EXPIRED && node.now() < deadlineNanos;
    Failure judged = early ? new Failure(Failure.Kind.REFUSED, "gave up early") : failure;
    follow(dispatch.onFailure(node.view(), attempt.number, judged, known));
  }

  /** The connection that carried an attempt could not be made, or broke. */
  private void broken(Attempt attempt, Failure.Kind kind) {
    if (ended || !attempts.contains(attempt)) {
      return;
    }
    attempt.job.unexpect();
    over(attempt);
    node.doubt(attempt.peer, true);
    Failure failure = new Failure(kind, "connection lost");
    follow(dispatch.onFailure(node.view(), attempt.number, failure, null));
  }

  private void end(@Nullable Failure failure) {
    if (ended) {
      return;
    }
    finish();
    Sender from = sender;
    if (from == null) {
      node.mesh.watch().onEnded(node.now(), call, failure == null ? null : failure.kind());
      return;
    }
    Load load = node.load();
    RouterWord word = node.word(request.model());
    long elapsed = node.now() - arrivedNanos;
    boolean full = failure != null && failure.kind() == Failure.Kind.OVERLOADED;
    Optional<NodeView> other =
        full ? Candidates.elsewhere(request, node.view(), node.random) : Optional.empty();
    node.mesh.send(
        node,
        from.exchange().node.number,
        there -> from.exchange().hear(from.attempt(), failure, load, word, elapsed, other),
        () -> {});
  }

  private void finish() {
    ended = true;
    for (Attempt attempt : List.copyOf(attempts)) {
      over(attempt);
      cancel(attempt);
    }
    close();
  }

  private void close() {
    int last = node.open.size() - 1;
    Exchange moved = node.open.remove(last);
    if (moved != this) {
      node.open.set(slot, moved);
      moved.slot = slot;
    }
  }

  /** Its node's process ended. */
  void die() {
    ended = true;
    for (Attempt attempt : attempts) {
      attempt.job.unexpect();
    }
    Sender from = sender;
    if (from == null) {
      node.mesh.watch().onEnded(node.now(), call, Failure.Kind.BROKEN);
    } else {
      RoutedNode back = from.exchange().node;
      node.mesh.reset(
          node, back, () -> from.exchange().broken(from.attempt(), Failure.Kind.BROKEN));
    }
  }

  private static Failure failure(DispatchError error) {
    Failure.Kind kind =
        switch (error.kind()) {
          case OVERLOADED -> Failure.Kind.OVERLOADED;
          case FINAL -> Failure.Kind.FINAL;
          case DEADLINE_EXCEEDED -> Failure.Kind.EXPIRED;
          case CANCELLED -> Failure.Kind.CANCELLED;
          case MAY_HAVE_RUN -> Failure.Kind.BROKEN;
          case NO_HOLDER, UNAVAILABLE, FORBIDDEN ->
              error.mayHaveRun() ? Failure.Kind.BROKEN : Failure.Kind.REFUSED;
        };
    return new Failure(kind, error.message());
  }
}
