// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.gossip.NodeId;
import java.net.ConnectException;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Every voter's transport in one process; whoever is cut off neither calls nor is called. */
final class Wires implements AutoCloseable {
  private final Map<NodeId, VoterTransport.Handler> handlers = new ConcurrentHashMap<>();
  private final ConcurrentSkipListSet<NodeId> cut = new ConcurrentSkipListSet<>();
  private final Random random = new Random(3);
  private volatile long oneWayMillis;
  private volatile double loss;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** From now on every message, both ways, takes that long, and that share of them is lost. */
  void slow(long millis, double share) {
    oneWayMillis = millis;
    loss = share;
  }

  private boolean lost() {
    synchronized (random) {
      return random.nextDouble() < loss;
    }
  }

  private void later(Runnable what) {
    if (oneWayMillis == 0) {
      threads.execute(what);
    } else {
      CompletableFuture.delayedExecutor(oneWayMillis, TimeUnit.MILLISECONDS, threads).execute(what);
    }
  }

  void cut(NodeId node) {
    cut.add(node);
  }

  void heal() {
    cut.clear();
  }

  void gone(NodeId node) {
    handlers.remove(node);
  }

  VoterTransport of(NodeId self) {
    return new VoterTransport() {
      @Override
      public CompletionStage<byte[]> call(
          NodeId to, String subject, byte[] body, long timeoutNanos) {
        return Wires.this.call(self, to, subject, body, timeoutNanos);
      }

      @Override
      public void serve(Handler handler) {
        handlers.put(self, handler);
      }
    };
  }

  private CompletionStage<byte[]> call(
      NodeId from, NodeId to, String subject, byte[] body, long timeoutNanos) {
    CompletableFuture<byte[]> answer =
        new CompletableFuture<byte[]>().orTimeout(timeoutNanos, TimeUnit.NANOSECONDS);
    if (cut.contains(from) || cut.contains(to) || lost()) {
      return answer;
    }
    later(
        () -> {
          VoterTransport.Handler handler = handlers.get(to);
          if (handler == null) {
            answer.completeExceptionally(new ConnectException(to.shortName() + " is not there"));
            return;
          }
          var unused =
              handler
                  .handle(from, subject, body)
                  .whenComplete((got, error) -> answer(from, to, answer, got, error));
        });
    return answer;
  }

  private void answer(
      NodeId from, NodeId to, CompletableFuture<byte[]> answer, byte[] got, Throwable error) {
    if (oneWayMillis == 0) {
      deliver(from, to, answer, got, error);
    } else if (!lost()) {
      later(() -> deliver(from, to, answer, got, error));
    }
  }

  private void deliver(
      NodeId from, NodeId to, CompletableFuture<byte[]> answer, byte[] got, Throwable error) {
    if (cut.contains(from) || cut.contains(to)) {
      return;
    }
    if (error == null) {
      answer.complete(got);
    } else {
      answer.completeExceptionally(new ConnectException(String.valueOf(error.getMessage())));
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
