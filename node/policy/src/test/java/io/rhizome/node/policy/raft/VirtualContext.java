// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.utils.concurrent.AbstractThreadContext;
import io.atomix.utils.concurrent.Scheduled;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Atomix' thread, in the virtual world: its tasks run in order, those of others between them. */
public final class VirtualContext extends AbstractThreadContext {
  private static final Logger log = LoggerFactory.getLogger(VirtualContext.class);

  private final VirtualWorld world = VirtualWorld.current();
  private final VirtualWorld.@Nullable Incarnation process = world.process();
  private long lastNanos;
  private boolean closed;

  VirtualContext() {}

  /** As Atomix makes its own. */
  public VirtualContext(ThreadFactory unused) {}

  @Override
  public void execute(Runnable command) {
    lastNanos = Math.max(lastNanos, world.nowNanos() + world.jitterNanos());
    var unused = world.at(lastNanos, process, this, () -> run(command));
  }

  private void run(Runnable command) {
    if (closed) {
      return;
    }
    try {
      command.run();
    } catch (RuntimeException e) {
      log.error("uncaught in {}", process, e);
    }
  }

  @Override
  public Scheduled schedule(Duration delay, Runnable command) {
    VirtualWorld.Event event =
        world.at(world.nowNanos() + delay.toNanos(), process, this, () -> run(command));
    return () -> world.cancel(event);
  }

  @Override
  public Scheduled schedule(Duration delay, Duration interval, Runnable command) {
    Periodic periodic = new Periodic(interval, command);
    periodic.next(delay);
    return periodic;
  }

  /** Runs again and again, until it is cancelled or throws. */
  private final class Periodic implements Scheduled {
    private final Duration interval;
    private final Runnable command;
    private boolean cancelled;

    Periodic(Duration interval, Runnable command) {
      this.interval = interval;
      this.command = command;
    }

    void next(Duration delay) {
      var unused =
          world.at(world.nowNanos() + delay.toNanos(), process, VirtualContext.this, this::run);
    }

    private void run() {
      if (!closed && !cancelled) {
        command.run();
        next(interval);
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
