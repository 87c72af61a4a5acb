// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Policy of a node that may get a vote, or lose it, while it runs: one store after another.
 * Watchers stay, and are told every version once whichever store it comes from.
 */
public final class SwitchingPolicyStore implements PolicyStore {
  private final List<Watching> watchers = new ArrayList<>();
  private volatile PolicyStore store;
  private boolean closed;

  /** Begins with that one; this object closes it. */
  public SwitchingPolicyStore(PolicyStore first) {
    this.store = first;
  }

  /** Goes on with that one, which must know at least as much, and closes the one before. */
  public void switchTo(PolicyStore next) {
    PolicyStore before;
    synchronized (this) {
      if (closed) {
        next.close();
        return;
      }
      before = store;
      store = next;
      watchers.forEach(Watching::restart);
    }
    before.close();
  }

  /**
   * As {@link #switchTo}, once that one knows at least as much as this shows: what was shown stays
   * shown. Until then the one before goes on.
   *
   * @param thread where that is looked at, whenever the next one learns something
   * @param wanted asked there: once it says no, this comes to nothing
   */
  public void switchOnceCaughtUp(PolicyStore next, Executor thread, BooleanSupplier wanted) {
    new CatchUp(next, thread, wanted).begin();
  }

  private final class CatchUp implements PolicyWatcher {
    private final PolicyStore next;
    private final Executor thread;
    private final BooleanSupplier wanted;
    private Runnable stop = () -> {};
    private boolean done;

    CatchUp(PolicyStore next, Executor thread, BooleanSupplier wanted) {
      this.next = next;
      this.thread = thread;
      this.wanted = wanted;
    }

    void begin() {
      Runnable registered = next.watch(next.snapshot().version(), this);
      thread.execute(
          () -> {
            stop = registered;
            look();
          });
    }

    private void look() {
      if (done) {
        return;
      }
      boolean still = wanted.getAsBoolean();
      if (still && next.snapshot().version() < store.snapshot().version()) {
        return;
      }
      done = true;
      stop.run();
      if (still) {
        switchTo(next);
      }
    }

    @Override
    public void onRecord(PolicyRecord record) {
      thread.execute(this::look);
    }

    @Override
    public void onSnapshot(PolicySnapshot now) {
      thread.execute(this::look);
    }
  }

  /** One registration, whichever the store. */
  private final class Watching implements PolicyWatcher {
    private final PolicyWatcher watcher;
    private long told;
    private Runnable stop = () -> {};

    Watching(PolicyWatcher watcher, long told) {
      this.watcher = watcher;
      this.told = told;
    }

    void restart() {
      stop.run();
      stop = store.watch(told(), this);
    }

    private synchronized long told() {
      return told;
    }

    @Override
    public synchronized void onRecord(PolicyRecord record) {
      if (record.version() == told + 1) {
        told++;
        watcher.onRecord(record);
      }
    }

    @Override
    public synchronized void onSnapshot(PolicySnapshot now) {
      if (now.version() > told) {
        told = now.version();
        watcher.onSnapshot(now);
      }
    }
  }

  @Override
  public synchronized Runnable watch(long after, PolicyWatcher watcher) {
    Watching watching = new Watching(watcher, after);
    watchers.add(watching);
    watching.restart();
    return () -> stop(watching);
  }

  private synchronized void stop(Watching watching) {
    watchers.remove(watching);
    watching.stop.run();
  }

  @Override
  public CompletionStage<Long> propose(Proposal proposal) {
    return store.propose(proposal);
  }

  @Override
  public PolicyImage image() {
    return store.image();
  }

  @Override
  public PolicyStatus status() {
    return store.status();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    store.close();
  }
}
