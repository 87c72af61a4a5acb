// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.raft.VoterTransport.Handler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks other voters whether they are there, and who they think votes. Any thread. */
final class Peers {
  static final String SUBJECT = "voters";
  private static final int MAX_VOTERS = 64;
  private static final long CALL_NANOS = 500_000_000L;
  private static final long MEASURED_NANOS = 5_000_000_000L;
  private static final long FRESH_NANOS = 200_000_000L;

  private final VoterTransport transport;
  private final Supplier<SortedSet<NodeId>> others;
  private final LongSupplier nanoTime;
  private final Pace pace;
  private @Nullable CompletableFuture<List<NodeId>> asked;
  private long askedNanos;

  /** Asks those. */
  Peers(
      VoterTransport transport,
      Supplier<SortedSet<NodeId>> others,
      LongSupplier nanoTime,
      Pace pace) {
    this.transport = transport;
    this.pace = pace;
    this.others = others;
    this.nanoTime = nanoTime;
  }

  /** Measures the round trip to each of the other voters; {@code measured} runs after each. */
  void measure(Runnable measured) {
    SortedSet<NodeId> all = others.get();
    if (all.isEmpty()) {
      return;
    }
    pace.onVoters(all);
    for (NodeId node : all) {
      var unused = measured(node, MEASURED_NANOS).thenRun(measured);
    }
  }

  private CompletionStage<byte[]> measured(NodeId node, long limitNanos) {
    long sent = nanoTime.getAsLong();
    return transport
        .call(node, SUBJECT, new byte[0], limitNanos)
        .thenApply(
            answer -> {
              pace.onRoundTrip(node, nanoTime.getAsLong() - sent);
              return answer;
            });
  }

  /**
   * The other voters that do not answer, each asked twice, ordered; asked at most some times a
   * second.
   */
  synchronized CompletableFuture<List<NodeId>> missing() {
    long now = nanoTime.getAsLong();
    if (asked == null || (asked.isDone() && now - askedNanos > FRESH_NANOS)) {
      SortedSet<NodeId> all = others.get();
      askedNanos = now;
      asked = silent(all).thenCompose(silent -> silent.isEmpty() ? done() : silent(silent));
    }
    return asked;
  }

  private static CompletableFuture<List<NodeId>> done() {
    return CompletableFuture.completedFuture(List.of());
  }

  private CompletableFuture<List<NodeId>> silent(Collection<NodeId> nodes) {
    return ask(nodes, pace.answerNanos(CALL_NANOS))
        .thenApply(answers -> nodes.stream().filter(node -> !answers.containsKey(node)).toList());
  }

  /** Who votes, as each of those that answer says, however long the way to them is. */
  CompletableFuture<SortedMap<NodeId, SortedSet<NodeId>>> ask(Collection<NodeId> nodes) {
    return ask(nodes, MEASURED_NANOS);
  }

  private CompletableFuture<SortedMap<NodeId, SortedSet<NodeId>>> ask(
      Collection<NodeId> nodes, long limitNanos) {
    SortedMap<NodeId, SortedSet<NodeId>> answers = new TreeMap<>();
    List<CompletableFuture<?>> calls = new ArrayList<>();
    for (NodeId node : nodes) {
      calls.add(
          measured(node, limitNanos)
              .<@Nullable Void>handle(
                  (answer, error) -> {
                    if (error == null) {
                      synchronized (answers) {
                        answers.put(node, decode(answer));
                      }
                    }
                    return null;
                  })
              .toCompletableFuture());
    }
    return CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
        .thenApply(
            unused -> {
              synchronized (answers) {
                return answers;
              }
            });
  }

  /** The answer to {@link #SUBJECT}. */
  static byte[] encode(Collection<NodeId> voters) {
    ByteBuffer out = ByteBuffer.allocate(voters.size() * NodeId.BYTES);
    voters.forEach(node -> out.put(node.bytes()));
    return out.array();
  }

  private static SortedSet<NodeId> decode(byte[] answer) {
    SortedSet<NodeId> voters = new TreeSet<>();
    ByteBuffer in = ByteBuffer.wrap(answer);
    while (in.remaining() >= NodeId.BYTES && voters.size() < MAX_VOTERS) {
      byte[] id = new byte[NodeId.BYTES];
      in.get(id);
      voters.add(NodeId.of(id));
    }
    return voters;
  }

  /** Answers {@link #SUBJECT} and leaves the rest to Raft. */
  static Handler answering(Supplier<SortedSet<NodeId>> voters, Handler raft) {
    return (from, subject, body) ->
        subject.equals(SUBJECT)
            ? CompletableFuture.completedFuture(encode(voters.get()))
            : raft.handle(from, subject, body);
  }
}
