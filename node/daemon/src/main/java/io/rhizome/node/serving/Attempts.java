// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.executor.Executor.Cancellable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attempts of one request that somebody waits for: two at most. Not thread-safe. */
final class Attempts {
  private final List<Attempt> running = new ArrayList<>(2);

  /** One of them. */
  static final class Attempt {
    private final int number;
    private final @Nullable NodeId peer;
    private @Nullable Cancellable handle;

    private Attempt(int number, @Nullable NodeId peer) {
      this.number = number;
      this.peer = peer;
    }

    /** Where it was sent; null for this node. */
    @Nullable NodeId peer() {
      return peer;
    }

    /** It was begun. */
    void runs(Cancellable begun) {
      handle = begun;
    }

    void cancel() {
      Cancellable begun = handle;
      if (begun != null) {
        begun.cancel();
      }
    }
  }

  Attempt add(int number, @Nullable NodeId peer) {
    Attempt attempt = new Attempt(number, peer);
    running.add(attempt);
    return attempt;
  }

  /** Takes it out; null where nobody waits for it. */
  @Nullable Attempt remove(int number) {
    for (Attempt attempt : running) {
      if (attempt.number == number) {
        running.remove(attempt);
        return attempt;
      }
    }
    return null;
  }

  /** Takes all out. */
  List<Attempt> removeAll() {
    List<Attempt> all = new ArrayList<>(running);
    running.clear();
    return all;
  }
}
