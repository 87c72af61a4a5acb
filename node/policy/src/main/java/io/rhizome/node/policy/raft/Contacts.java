// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Remembers when a leader was last heard here, and when each voter last followed this one. */
final class Contacts extends ForwardingProtocol {
  private final LongSupplier nanoTime;
  private final Map<MemberId, Long> followedNanos = new ConcurrentHashMap<>();
  private volatile boolean everLed;
  private volatile long ledNanos;
  private volatile @Nullable MemberId lastLeader;

  Contacts(RaftServerProtocol next, LongSupplier nanoTime) {
    super(next);
    this.nanoTime = nanoTime;
  }

  /** How long ago this follower last agreed with a leader; MAX_VALUE for never. */
  long sinceLedNanos() {
    return everLed ? Math.max(0, nanoTime.getAsLong() - ledNanos) : Long.MAX_VALUE;
  }

  /** Whom this follower agreed with last. */
  @Nullable MemberId lastLeader() {
    return lastLeader;
  }

  /** How long ago a majority last followed this leader; others are the voters besides it. */
  long sinceMajorityNanos(Collection<MemberId> others) {
    int needed = (others.size() + 1) / 2;
    if (needed == 0) {
      return 0;
    }
    long now = nanoTime.getAsLong();
    return others.stream()
        .map(followedNanos::get)
        .mapToLong(at -> at == null ? Long.MAX_VALUE : Math.max(0, now - at))
        .sorted()
        .skip(needed - 1)
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  @Override
  public CompletableFuture<AppendResponse> append(MemberId to, AppendRequest request) {
    long sent = nanoTime.getAsLong();
    return super.append(to, request)
        .whenComplete(
            (response, error) -> {
              if (error == null && response.status() == RaftResponse.Status.OK) {
                followedNanos.put(to, sent);
              }
            });
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    super.registerAppendHandler(
        request ->
            handler
                .apply(request)
                .whenComplete(
                    (response, error) -> {
                      if (error == null && response.succeeded()) {
                        lastLeader = request.leader();
                        ledNanos = nanoTime.getAsLong();
                        everLed = true;
                      }
                    }));
  }
}
