// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A store's scheduler, in the virtual world: many threads of one process. */
final class VirtualExecutor extends AbstractExecutorService implements ScheduledExecutorService {
  private final VirtualWorld world;
  private final VirtualWorld.Incarnation process;

  VirtualExecutor(VirtualWorld world, VirtualWorld.Incarnation process) {
    this.world = world;
    this.process = process;
  }

  @Override
  public void execute(Runnable command) {
    var unused = world.at(world.nowNanos() + world.jitterNanos(), process, null, command);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return schedule(
        () -> {
          command.run();
          return true;
        },
        delay,
        unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> command, long delay, TimeUnit unit) {
    long atNanos = world.nowNanos() + unit.toNanos(delay);
    Once<V> once = new Once<>(command, atNanos);
    var unused = world.at(atNanos, process, null, once);
    return once;
  }

  /** A task with its time. */
  private final class Once<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {
    private final long atNanos;

    Once(Callable<V> command, long atNanos) {
      super(command);
      this.atNanos = atNanos;
    }

    @Override
    public boolean isPeriodic() {
      return false;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(atNanos - world.nowNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long delay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long delay, long pause, TimeUnit unit) {
    Repeated repeated = new Repeated(command, unit.toNanos(pause));
    repeated.after(unit.toNanos(delay));
    return repeated;
  }

  /** A task that comes again, until it is cancelled or its process ends. */
  private final class Repeated extends FutureTask<Boolean> implements ScheduledFuture<Boolean> {
    private final long pauseNanos;
    private long atNanos;

    Repeated(Runnable command, long pauseNanos) {
      super(command, true);
      this.pauseNanos = pauseNanos;
    }

    void after(long nanos) {
      atNanos = world.nowNanos() + nanos;
      var unused = world.at(atNanos, process, null, this::turn);
    }

    private void turn() {
      if (runAndReset()) {
        after(pauseNanos);
      }
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(atNanos - world.nowNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return false;
  }
}
