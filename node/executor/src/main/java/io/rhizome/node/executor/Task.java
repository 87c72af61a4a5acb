// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.executor.Executor.Inference;
import io.rhizome.node.executor.Executor.Responses;
import io.rhizome.node.executor.InferenceException.Code;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One admitted request.
 *
 * <pre>
 * QUEUED    -- a worker takes it ------------------> RUNNING
 * QUEUED    -- cancel, close ----------------------> ENDED     CANCELLED, CLOSED
 * RUNNING   -- deadline passed before it ran ------> ENDED     DEADLINE_EXCEEDED
 * RUNNING   -- cancel -----------------------------> ABANDONED
 * RUNNING   -- the model returns ------------------> ENDED     response, or its failure
 * ABANDONED -- the model returns ------------------> ENDED     CANCELLED
 * </pre>
 *
 * <p>Whoever makes the step to ENDED gives the place back and then makes the callbacks: so there is
 * exactly one end, and a callback sees a load without its own request.
 */
final class Task implements Runnable, Cancellable {
  private static final Logger log = LoggerFactory.getLogger(Task.class);

  private enum State {
    QUEUED,
    RUNNING,
    ABANDONED,
    ENDED
  }

  /** What a task needs of its executor. */
  interface Owner {
    /** Takes it out of the queue, if it still waits there. */
    void dequeue(Task task);

    /** The task ended: its place is free. */
    void ended(Task task);
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
  private final Owner owner;
  private final Resident resident;
  private final Inference request;
  private final List<Tensor> inputs;
  private final Responses responses;

  Task(
      Owner owner, Resident resident, Inference request, List<Tensor> inputs, Responses responses) {
    this.owner = owner;
    this.resident = resident;
    this.request = request;
    this.inputs = inputs;
    this.responses = responses;
  }

  Resident resident() {
    return resident;
  }

  @Override
  public void run() {
    if (!state.compareAndSet(State.QUEUED, State.RUNNING)) {
      return;
    }
    if (late()) {
      end(null, deadlineExceeded("while the request waited"));
      return;
    }
    call(responses::onStarted);
    List<Tensor> outputs = null;
    InferenceException failure = null;
    try {
      outputs = resident.run(inputs);
    } catch (InferenceException e) {
      failure = e;
    } catch (OutOfMemoryError e) {
      failure = new InferenceException(Code.OUT_OF_MEMORY, "not enough memory to run", e);
    } catch (RuntimeException | Error e) {
      log.error("engine of model {} broke", resident.manifest().name(), e);
      failure = new InferenceException(Code.MODEL_FAILED, "the engine broke: " + e, e);
    }
    if (failure == null && late()) {
      failure = deadlineExceeded("while the model ran");
    }
    end(outputs, failure);
  }

  @Override
  public void cancel() {
    if (!drop(Code.CANCELLED, "cancelled while it waited")) {
      state.compareAndSet(State.RUNNING, State.ABANDONED);
    }
  }

  /** Ends it with this failure if no worker has taken it; says whether. */
  boolean drop(Code code, String message) {
    if (!state.compareAndSet(State.QUEUED, State.ENDED)) {
      return false;
    }
    owner.dequeue(this);
    owner.ended(this);
    fail(responses, new InferenceException(code, message));
    return true;
  }

  /** Makes the callback of a failure, whatever the callback does. */
  static void fail(Responses responses, InferenceException failure) {
    call(() -> responses.onFailed(failure));
  }

  private void end(@Nullable List<Tensor> outputs, @Nullable InferenceException failure) {
    State before = state.getAndSet(State.ENDED);
    owner.ended(this);
    if (before == State.ABANDONED) {
      fail(responses, new InferenceException(Code.CANCELLED, "cancelled while it ran"));
    } else if (failure != null) {
      fail(responses, failure);
    } else if (outputs != null) {
      List<Tensor> wanted = Tensors.select(outputs, request.outputs());
      call(() -> responses.onResponse(wanted));
      call(responses::onCompleted);
    }
  }

  private boolean late() {
    return System.nanoTime() - request.deadlineNanos() >= 0;
  }

  private static InferenceException deadlineExceeded(String when) {
    return new InferenceException(Code.DEADLINE_EXCEEDED, "the deadline passed " + when);
  }

  private static void call(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException | Error e) {
      log.error("a response callback threw", e);
    }
  }
}
