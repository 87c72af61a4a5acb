// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Guard: entries of which only the answer was lost are committed. Atomix counts them when the next
 * empty append is answered, but looks for what a majority has only when entries are: the last ones
 * before a silence stay uncommitted until somebody writes, and a change of who votes, which nothing
 * may follow, for ever. So that empty append is answered as if they had not arrived: they are sent
 * once more, to no harm.
 */
final class NoLostAnswer extends ForwardingProtocol {
  private final Map<MemberId, Unanswered> unanswered = new ConcurrentHashMap<>();

  NoLostAnswer(RaftServerProtocol next) {
    super(next);
  }

  /** What a voter was sent in that term, after that index, and did not say that it has. */
  private record Unanswered(long term, long after) {}

  @Override
  public CompletableFuture<AppendResponse> append(MemberId to, AppendRequest request) {
    return super.append(to, request)
        .whenComplete((response, error) -> note(to, request, error))
        .thenApply(response -> answer(to, request, response));
  }

  private void note(MemberId to, AppendRequest request, @Nullable Throwable error) {
    if (error != null && !request.entries().isEmpty()) {
      Unanswered sent = new Unanswered(request.term(), request.prevLogIndex());
      unanswered.merge(to, sent, NoLostAnswer::earlier);
    }
  }

  private static Unanswered earlier(Unanswered one, Unanswered other) {
    if (one.term() != other.term()) {
      return one.term() > other.term() ? one : other;
    }
    return one.after() <= other.after() ? one : other;
  }

  private AppendResponse answer(MemberId to, AppendRequest request, AppendResponse response) {
    if (response.status() != RaftResponse.Status.OK || !response.succeeded()) {
      return response; // Atomix sends again what is missing.
    }
    Unanswered sent = unanswered.remove(to);
    if (sent == null || sent.term() != request.term() || !request.entries().isEmpty()) {
      return response;
    }
    return sent.after() < response.lastLogIndex() ? withoutThose(response, sent.after()) : response;
  }

  private static AppendResponse withoutThose(AppendResponse response, long after) {
    return AppendResponse.builder()
        .withStatus(RaftResponse.Status.OK)
        .withTerm(response.term())
        .withSucceeded(false)
        .withLastLogIndex(after)
        .build();
  }
}
