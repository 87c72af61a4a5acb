// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a node has the model loaded; else the first request that needs it here has it loaded, and
 * all wait for that one load, which goes on where nobody waits any more.
 */
final class ColdLoad {
  /** How many may wait, as in a daemon. */
  static final int MAX_WAITING = 1_024;

  private final RoutedNode node;
  private final List<LocalRun> waiting = new ArrayList<>();
  private boolean loaded;
  private boolean loading;

  /** That of that node, which has it loaded from the start or on disk only. */
  ColdLoad(RoutedNode node, boolean loaded) {
    this.node = node;
    this.loaded = loaded;
  }

  boolean isLoaded() {
    return loaded;
  }

  /** Runs that once the model is loaded, for which it is loaded if it is not. */
  void await(LocalRun run) {
    if (loaded) {
      node.offer(run);
    } else if (waiting.size() >= MAX_WAITING) {
      run.failed(Failure.Kind.OVERLOADED, MAX_WAITING + " requests wait for it to be loaded");
    } else {
      waiting.add(run);
      begin();
    }
  }

  /** That one does not wait any more; says whether it did. */
  boolean leave(LocalRun run) {
    return waiting.remove(run);
  }

  private void begin() {
    if (loading) {
      return;
    }
    loading = true;
    node.mesh.watch().onLoad(node.number);
    long due = node.now() + node.mesh.setup().loadNanos();
    node.mesh.queue().at(due, () -> node.act(this::ended));
  }

  private void ended() {
    if (node.down) {
      return;
    }
    loaded = true;
    node.mesh.announceLoaded(node);
    List<LocalRun> runs = List.copyOf(waiting);
    waiting.clear();
    runs.forEach(node::offer);
  }

  /** Its node's process ended. */
  void clear() {
    waiting.clear();
  }
}
