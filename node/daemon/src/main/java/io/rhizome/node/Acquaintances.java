// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.mesh.GrpcAcquaintances.Answer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;

/** Which nodes have been told of this node's epoch. Any thread. */
final class Acquaintances {
  private static final int MAX_TOLD_AT_ONCE = 256;

  private final Function<NodeId, CompletionStage<Answer>> acquaint;
  private final Set<NodeId> met = new ConcurrentSkipListSet<>();

  /** Asks and tells by that. */
  Acquaintances(Function<NodeId, CompletionStage<Answer>> acquaint) {
    this.acquaint = acquaint;
  }

  /** Tells those that have come since the last time, some at a time, where there is news. */
  void tell(Collection<NodeId> usable, boolean news) {
    met.retainAll(usable);
    if (!news) {
      return;
    }
    usable.stream()
        .filter(node -> !met.contains(node))
        .limit(MAX_TOLD_AT_ONCE)
        .forEach(
            node -> {
              met.add(node);
              var unused =
                  acquaint
                      .apply(node)
                      .whenComplete(
                          (answer, failure) -> {
                            if (failure != null) {
                              met.remove(node);
                            }
                          });
            });
  }

  /** What those of them say that answer. */
  CompletionStage<List<Answer>> askAll(Collection<NodeId> nodes) {
    List<Answer> answers = Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<?>> asked = new ArrayList<>();
    for (NodeId node : nodes) {
      asked.add(
          acquaint
              .apply(node)
              .thenAccept(answers::add)
              .exceptionally(e -> null)
              .toCompletableFuture());
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(done -> List.copyOf(answers));
  }
}
