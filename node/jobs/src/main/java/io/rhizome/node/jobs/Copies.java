// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import io.rhizome.node.jobs.JobException.Code;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;

/**
 * Has a majority of the site keep something, this node included, which has it already. The site's
 * nodes are those that its store counts and those that the mesh reaches.
 */
final class Copies {
  private final String self;
  private final SitePeers peers;
  private final Executor executor;

  /** What is done at one peer. */
  interface Call {
    void keep(String peer) throws IOException;
  }

  /**
   * Copies from this node.
   *
   * @param executor what waits for peers
   */
  Copies(String self, SitePeers peers, Executor executor) {
    this.self = self;
    this.peers = peers;
    this.executor = executor;
  }

  /**
   * Returns once so many of the site's nodes keep it that any majority has one of them; the others
   * are given it too, in the background.
   *
   * @throws JobException {@code UNAVAILABLE} where too few do
   */
  void spread(Site site, String what, Call call) throws JobException {
    SortedSet<String> reached = peers.reached();
    SortedSet<String> all = new TreeSet<>(site.all());
    all.addAll(reached);
    all.add(self);
    int missing = Site.majority(all.size()) - 1;
    CompletionService<String> calls = new ExecutorCompletionService<>(executor);
    int open = 0;
    for (String peer : reached) {
      calls.submit(
          () -> {
            call.keep(peer);
            return peer;
          });
      open++;
    }
    List<String> reasons = new ArrayList<>();
    while (missing > 0) {
      if (open-- == 0) {
        throw new JobException(
            Code.UNAVAILABLE,
            "%s must be on %d of the site's %d nodes and is not: %s; send it again"
                .formatted(
                    what,
                    Site.majority(all.size()),
                    all.size(),
                    reasons.isEmpty() ? "no other is here" : String.join("; ", reasons)));
      }
      try {
        Future<String> done = calls.take();
        var unused = done.get();
        missing--;
      } catch (ExecutionException e) {
        Throwable cause = e.getCause();
        reasons.add(String.valueOf((cause == null ? e : cause).getMessage()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new JobException(Code.UNAVAILABLE, "this node stops", e);
      }
    }
  }
}
