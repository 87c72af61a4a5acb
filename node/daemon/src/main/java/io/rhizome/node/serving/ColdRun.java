// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.node.executor.Executor.Cancellable;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An attempt on this node's own executor that first waits until its model is loaded.
 *
 * <p>It is begun and cancelled in the exchange's context; news of the load is brought there.
 */
final class ColdRun implements ColdLoads.Waiter, Cancellable {
  private final ColdLoads loads;
  private final String model;
  private final long version;
  private final Executor context;
  private final Supplier<Cancellable> run;
  private final LocalRun.End end;
  private @Nullable Cancellable running;
  private boolean cancelled;

  /**
   * An attempt that does not wait yet.
   *
   * @param version which is to be loaded
   * @param context runs one thing at a time
   * @param run begins it once that is loaded; tells the end
   * @param end hears where it cannot be loaded
   */
  ColdRun(
      ColdLoads loads,
      String model,
      long version,
      Executor context,
      Supplier<Cancellable> run,
      LocalRun.End end) {
    this.loads = loads;
    this.model = model;
    this.version = version;
    this.context = context;
    this.run = run;
    this.end = end;
  }

  void begin() {
    loads.await(model, version, this);
  }

  @Override
  public void loaded() {
    context.execute(
        () -> {
          if (!cancelled) {
            running = run.get();
          }
        });
  }

  @Override
  public void failed(ServingError error) {
    end.failed(error);
  }

  @Override
  public void cancel() {
    cancelled = true;
    loads.leave(model, version, this);
    Cancellable begun = running;
    if (begun != null) {
      begun.cancel();
    }
  }
}
