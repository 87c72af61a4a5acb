// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.gossip.NodeId;
import java.net.ConnectException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Calls between voters that are lost, repeated, late and out of order, as the walk will have it.
 */
final class VirtualWires {
  private static final long QUICK_NANOS = 1_000_000;

  private final VirtualWorld world;
  private final SortedMap<NodeId, Server> servers = new TreeMap<>();
  private final TreeSet<NodeId> cut = new TreeSet<>();
  private Weather weather = Weather.CALM;
  private BiPredicate<NodeId, String> lostAnswer = (from, subject) -> false;
  private int installs;

  VirtualWires(VirtualWorld world) {
    this.world = world;
  }

  /** Who answers. */
  private record Server(VirtualWorld.Incarnation process, VoterTransport.Handler handler) {}

  /**
   * What happens to a message.
   *
   * @param lost of 1000 messages
   * @param repeated of 1000 messages
   * @param late of 1000 messages
   * @param lateNanos how late, at most
   */
  record Weather(int lost, int repeated, int late, long lateNanos) {
    static final Weather CALM = new Weather(0, 0, 0, 1);
  }

  void weather(Weather now) {
    weather = now;
  }

  void cut(NodeId node) {
    cut.add(node);
  }

  /** The first answer by that node to that subject for which this holds is lost. */
  void loseAnswer(BiPredicate<NodeId, String> first) {
    lostAnswer = first;
  }

  private boolean isLost(NodeId from, String subject) {
    boolean lost = lostAnswer.test(from, subject);
    if (lost) {
      lostAnswer = (any, other) -> false;
    }
    return lost;
  }

  void heal() {
    cut.clear();
  }

  /** How many pieces of snapshots arrived. */
  int installs() {
    return installs;
  }

  void gone(NodeId node) {
    servers.remove(node);
  }

  VoterTransport of(NodeId self, VirtualWorld.Incarnation process) {
    return new VoterTransport() {
      @Override
      public CompletionStage<byte[]> call(
          NodeId to, String subject, byte[] body, long timeoutNanos) {
        return VirtualWires.this.call(self, process, to, subject, body, timeoutNanos);
      }

      @Override
      public void serve(Handler handler) {
        servers.put(self, new Server(process, handler));
      }
    };
  }

  private CompletableFuture<byte[]> call(
      NodeId from,
      VirtualWorld.Incarnation caller,
      NodeId to,
      String subject,
      byte[] body,
      long timeoutNanos) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    var unused =
        world.at(
            world.nowNanos() + timeoutNanos,
            caller,
            null,
            () ->
                answer.completeExceptionally(new TimeoutException(subject + " was not answered")));
    Runnable arrive = () -> arrive(from, caller, to, subject, body, answer);
    send(from, to, null, arrive);
    if (chance(weather.repeated())) {
      send(from, to, null, arrive);
    }
    return answer;
  }

  private void arrive(
      NodeId from,
      VirtualWorld.Incarnation caller,
      NodeId to,
      String subject,
      byte[] body,
      CompletableFuture<byte[]> answer) {
    Server server = servers.get(to);
    if (server == null) {
      send(
          to,
          from,
          caller,
          () -> answer.completeExceptionally(new ConnectException(to + " is not there")));
      return;
    }
    var unused =
        world.at(
            world.nowNanos(),
            server.process,
            null,
            () -> serve(server, from, caller, to, subject, body, answer));
  }

  private void serve(
      Server server,
      NodeId from,
      VirtualWorld.Incarnation caller,
      NodeId to,
      String subject,
      byte[] body,
      CompletableFuture<byte[]> answer) {
    world.note(subject);
    installs += subject.equals("install") ? 1 : 0;
    var unused =
        server
            .handler
            .handle(from, subject, body)
            .whenComplete(
                (got, error) -> {
                  if (!isLost(to, subject)) {
                    send(to, from, caller, () -> answer(answer, got, error));
                  }
                });
  }

  private static void answer(
      CompletableFuture<byte[]> answer, byte[] got, @Nullable Throwable error) {
    if (error == null) {
      answer.complete(got);
    } else {
      answer.completeExceptionally(new ConnectException(String.valueOf(error.getMessage())));
    }
  }

  private void send(
      NodeId from, NodeId to, VirtualWorld.@Nullable Incarnation owner, Runnable arrive) {
    if (cut.contains(from) || cut.contains(to) || chance(weather.lost())) {
      return;
    }
    long delay = QUICK_NANOS / 5 + world.random().nextLong(QUICK_NANOS);
    if (chance(weather.late())) {
      delay += world.random().nextLong(weather.lateNanos());
    }
    var unused = world.at(world.nowNanos() + delay, owner, null, arrive);
  }

  private boolean chance(int of1000) {
    return of1000 > 0 && world.random().nextInt(1000) < of1000;
  }
}
