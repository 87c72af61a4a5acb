// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.store.Manifest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Models that start and return when the test says so. Its trial run passes by itself. */
final class GateEngine implements Engine {
  static final Manifest MANIFEST = Models.manifest("gate", "", "x:FP32[1]", "y:FP32[1]");

  private final Semaphore entered = new Semaphore(0);
  private final Semaphore permits = new Semaphore(0);
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicBoolean freed = new AtomicBoolean();

  @Override
  public String name() {
    return "gate";
  }

  @Override
  public LoadedModel load(Manifest manifest, Path directory) {
    return new LoadedModel() {
      private final AtomicBoolean tried = new AtomicBoolean();

      @Override
      public List<Tensor> run(List<Tensor> inputs) throws InferenceException {
        if (tried.getAndSet(true)) {
          runs.incrementAndGet();
          pass();
        }
        if (Models.floats(inputs.get(0))[0] == 13) {
          throw new IllegalStateException("unlucky");
        }
        return List.of(Models.floats("y", List.of(1L), Models.floats(inputs.get(0))[0] + 1));
      }

      @Override
      public void close() {
        freed.set(true);
      }
    };
  }

  private void pass() throws InferenceException {
    entered.release();
    try {
      if (!permits.tryAcquire(20, TimeUnit.SECONDS)) {
        throw new AssertionError("the test did not open the gate");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InferenceException(Code.MODEL_FAILED, "interrupted", e);
    }
  }

  /** Waits until so many more requests run. */
  void awaitRunning(int count) throws InterruptedException {
    if (!entered.tryAcquire(count, 20, TimeUnit.SECONDS)) {
      throw new AssertionError("no worker took the request");
    }
  }

  /** Lets so many requests return. */
  void open(int count) {
    permits.release(count);
  }

  int runs() {
    return runs.get();
  }

  boolean freed() {
    return freed.get();
  }
}
