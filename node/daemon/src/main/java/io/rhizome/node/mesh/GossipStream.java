// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.UnsafeByteOperations;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.transport.Streams;
import io.rhizome.mesh.v1.GossipPacket;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One stream of {@link GossipStreams}, dialled or accepted: who is at its other end and what waits
 * for it. Not thread-safe: all under the lock of those.
 */
final class GossipStream {
  private final Call call;
  private final Endpoint far;
  private final boolean dialled;
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private @Nullable NodeId wanted;
  private @Nullable NodeId peer;
  private long usedNanos;
  private boolean open;
  private boolean over;

  /** The call that carries it. None of it blocks. */
  interface Call {
    boolean isReady();

    void send(GossipPacket packet);

    void end();
  }

  private GossipStream(
      Call call, Endpoint far, boolean dialled, @Nullable NodeId wanted, @Nullable NodeId peer) {
    this.call = call;
    this.far = far;
    this.dialled = dialled;
    this.wanted = wanted;
    this.peer = peer;
    this.open = !dialled;
  }

  /**
   * One that is being dialled.
   *
   * @param wanted who must be there; null for any node that is admitted
   */
  static GossipStream dialled(Call call, Endpoint at, @Nullable NodeId wanted) {
    return new GossipStream(call, at, true, wanted, wanted);
  }

  /** One that a peer opened. */
  static GossipStream accepted(Call call, Endpoint from, NodeId peer) {
    return new GossipStream(call, from, false, peer, peer);
  }

  /** Where its other end is, or is dialled. */
  Endpoint far() {
    return far;
  }

  boolean isDialled() {
    return dialled;
  }

  /** Whether what is sent to that node may go here: it is there, or is expected to be. */
  boolean isTo(NodeId node) {
    NodeId there = peer;
    return there != null && there.equals(node);
  }

  /** When a packet was last sent or received, on the {@link System#nanoTime()} scale. */
  long usedNanos() {
    return usedNanos;
  }

  void used(long nowNanos) {
    usedNanos = nowNanos;
  }

  /** That node is at the other end; false where another is wanted. */
  boolean opened(NodeId proved) {
    if (wanted != null && !wanted.equals(proved)) {
      return false;
    }
    wanted = proved;
    peer = proved;
    open = true;
    return true;
  }

  /** Sends as soon as it can, unless too much waits already. */
  void send(byte[] packet) {
    if (!over && waitingBytes + packet.length <= Streams.MAX_UNSENT_BYTES) {
      waiting.addLast(packet);
      waitingBytes += packet.length;
      flush();
    }
  }

  /** Sends what waits, as far as the call takes it. */
  void flush() {
    while (open && !over && call.isReady()) {
      byte[] next = waiting.pollFirst();
      if (next == null) {
        return;
      }
      waitingBytes -= next.length;
      call.send(GossipPacket.newBuilder().setSealed(UnsafeByteOperations.unsafeWrap(next)).build());
    }
  }

  /** Ends the call, unless it has ended. */
  void end() {
    if (!over) {
      over = true;
      call.end();
    }
  }

  /** The call has ended. */
  void ended() {
    over = true;
  }

  boolean isOver() {
    return over;
  }
}
