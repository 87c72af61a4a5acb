// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import org.jspecify.annotations.Nullable;

/**
 * The way from this node to one member, by the newest evidence: its own answers, the answers that
 * another member passed on, silence, and what others say. A pure record of times in nanoseconds.
 */
final class PeerLink {
  private static final long NEVER = Long.MIN_VALUE / 2;

  private long answeredNanos = NEVER;
  private long silentNanos = NEVER;
  private long accusedNanos = NEVER;
  private @Nullable NodeId relay;
  private boolean streamed;
  private long streamSeenNanos = NEVER;

  /** It answered this node itself. */
  void onAnswer(long now, Sender.Link how) {
    answeredNanos = now;
    relay = null;
    streamed = how == Sender.Link.STREAM;
  }

  /** It answered that helper, and not this node, since then. */
  void onRelayed(long sinceNanos, long now, NodeId helper) {
    if (answeredNanos < sinceNanos) {
      silentNanos = now;
      relay = helper;
    }
  }

  /** It has answered neither this node nor any helper since then. */
  void onSilence(long sinceNanos, long now) {
    if (answeredNanos < sinceNanos) {
      silentNanos = now;
      relay = null;
    }
  }

  /** Others say that it is silent; this node's own evidence of the last while outweighs them. */
  void onAccused(long now, long freshNanos) {
    if (now - answeredNanos > freshNanos) {
      accusedNanos = now;
    }
  }

  /** It answered the accusers. */
  void onRefuted() {
    accusedNanos = NEVER;
  }

  /** Something came from it over a stream, which so is open. */
  void onStreamSeen(long now) {
    streamSeenNanos = now;
  }

  /** Whether it answered over a stream, and over none but streams of late. */
  boolean isStreamed() {
    return streamed;
  }

  /** Whether a stream with it was in use within that time. */
  boolean hasStream(long now, long withinNanos) {
    return now - streamSeenNanos <= withinNanos;
  }

  boolean answeredSince(long nanos) {
    return answeredNanos >= nanos;
  }

  /** When it last answered this node itself; far in the past where it never did. */
  long answeredNanos() {
    return answeredNanos;
  }

  /** The helper that reached it last, while this node does not. */
  @Nullable NodeId relay() {
    return relay;
  }

  Reachability reachability() {
    if (answeredNanos >= silentNanos && answeredNanos >= accusedNanos) {
      return Reachability.DIRECT;
    }
    NodeId helper = relay;
    return helper == null || accusedNanos > silentNanos
        ? Reachability.NONE
        : new Reachability.Via(helper);
  }
}
