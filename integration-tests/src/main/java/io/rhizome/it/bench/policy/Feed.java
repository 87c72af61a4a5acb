// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.rhizome.mesh.v1.FollowPolicyRequest;
import io.rhizome.mesh.v1.FollowPolicyResponse;
import io.rhizome.mesh.v1.PolicyFeedServiceGrpc;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicyRecord;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Follows one node's policy as another node would, through its restarts, and holds it to its word:
 * every version once, in order, no gap. One call at a time, so that its state needs no lock.
 */
final class Feed implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final long RETRY_MILLIS = 100;

  private final String node;
  private final ManagedChannel channel;
  private final Sequence sequence;
  private final ScheduledExecutorService retries;
  private volatile long last;
  private final AtomicLong messages = new AtomicLong();
  private final AtomicLong images = new AtomicLong();
  private volatile boolean closed;

  /** Begins to follow. */
  Feed(String node, ManagedChannel channel, Sequence sequence, ScheduledExecutorService retries) {
    this.node = node;
    this.channel = channel;
    this.sequence = sequence;
    this.retries = retries;
    follow();
  }

  /** The version that it has come to. */
  long last() {
    return last;
  }

  /** How many messages have come. */
  long messages() {
    return messages.get();
  }

  /** How often the node had forgotten the records between, and sent the whole. */
  long images() {
    return images.get();
  }

  private void follow() {
    if (closed) {
      return;
    }
    channel.resetConnectBackoff();
    PolicyFeedServiceGrpc.newStub(channel)
        .withMaxInboundMessageSize(MAX_MESSAGE_BYTES)
        .follow(FollowPolicyRequest.newBuilder().setAfter(last).build(), new Listener());
  }

  /** One call's answers, which come one at a time. */
  private final class Listener implements StreamObserver<FollowPolicyResponse> {
    private final AtomicBoolean over = new AtomicBoolean();

    @Override
    public void onNext(FollowPolicyResponse news) {
      messages.incrementAndGet();
      switch (news.getNewsCase()) {
        case IMAGE -> onImage(PolicyCodec.image(news.getImage().toByteArray()));
        case RECORD -> onRecord(PolicyCodec.record(news.getRecord().toByteArray()));
        case VOTERS, NEWS_NOT_SET -> {}
      }
    }

    @Override
    public void onError(Throwable error) {
      if (over.compareAndSet(false, true) && !closed) {
        var unused = retries.schedule(Feed.this::follow, RETRY_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void onCompleted() {
      onError(new IllegalStateException("it ended"));
    }
  }

  private void onImage(PolicyImage image) {
    long version = image.snapshot().version();
    images.incrementAndGet();
    if (version <= last) {
      sequence.contradiction("%s sends all of version %d after %d".formatted(node, version, last));
    }
    image.records().forEach(record -> sequence.shown(node, record));
    last = version;
  }

  private void onRecord(PolicyRecord record) {
    if (record.version() != last + 1) {
      sequence.contradiction(
          "%s sends version %d after %d".formatted(node, record.version(), last));
    }
    sequence.shown(node, record);
    last = record.version();
  }

  @Override
  public void close() {
    closed = true;
    channel.shutdownNow();
  }
}
