// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Records the callbacks of one request. */
final class Answer implements Executor.Responses {
  private final List<List<Tensor>> responses = new CopyOnWriteArrayList<>();
  private final List<InferenceException> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger ends = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(1);

  @Override
  public void onResponse(List<Tensor> outputs) {
    responses.add(outputs);
  }

  @Override
  public void onCompleted() {
    end();
  }

  @Override
  public void onFailed(InferenceException failure) {
    failures.add(failure);
    end();
  }

  private void end() {
    ends.incrementAndGet();
    ended.countDown();
  }

  /** How many terminal callbacks came so far. */
  int ends() {
    return ends.get();
  }

  boolean failed() {
    return !failures.isEmpty();
  }

  /** Waits for the end and gives the one response; throws the failure. */
  List<Tensor> outputs() throws InferenceException, InterruptedException {
    await();
    if (failed()) {
      throw failures.get(0);
    }
    if (responses.size() != 1) {
      throw new AssertionError("expected one response, got " + responses.size());
    }
    return responses.get(0);
  }

  /** Waits for the end and gives the failure. */
  InferenceException failure() throws InterruptedException {
    await();
    if (!failed()) {
      throw new AssertionError("the request succeeded");
    }
    return failures.get(0);
  }

  private void await() throws InterruptedException {
    if (!ended.await(20, TimeUnit.SECONDS)) {
      throw new AssertionError("no end within 20 s");
    }
  }
}
