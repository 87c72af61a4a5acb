// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;

/**
 * Ordered streams of packets between members, for those whose datagrams do not get through. A
 * stream carries packets both ways, whichever side opened it; who is at the other end is proved
 * when it opens (mutual TLS), so that a packet from it needs no guard against replay.
 *
 * <p>Nothing here blocks or throws. Packets of one stream arrive in order, each at most once; what
 * was sent is lost, without a word, where no stream can be opened, where it breaks, and where
 * {@link #MAX_UNSENT_BYTES} are waiting already. Streams are opened when first needed, and closed
 * after {@link #IDLE_SECONDS} without a packet; of more than {@link #MAX_STREAMS} the one least
 * recently used is closed. Any thread.
 */
public interface Streams {
  /** Most open at once, dialled and accepted together. */
  int MAX_STREAMS = 64;

  /** Most bytes of packets that wait for one stream. */
  int MAX_UNSENT_BYTES = 64 << 10;

  /** A stream that carried nothing for so long is closed. */
  int IDLE_SECONDS = 60;

  /** An attempt to open one is given up after so long. */
  int DIAL_SECONDS = 5;

  /** Takes what arrives. */
  interface Receiver {
    /**
     * One packet; must not block. Any thread, but one at a time for one stream.
     *
     * @param peer who is at the other end, proved
     * @param from where that end is; it need not be reachable there
     * @param packet sealed; not used by the caller any more
     */
    void onPacket(NodeId peer, Endpoint from, byte[] packet);
  }

  /** Hands what arrives to this receiver, from now on; what arrived before is lost. */
  void receive(Receiver receiver);

  /**
   * Sends a packet over the stream that is open with that member, else over one that is now opened.
   *
   * @param to whom: no other node gets it
   * @param at where it is dialled, if need be: a name or address, unresolved
   * @param packet sealed; the caller leaves it unchanged from now on
   */
  void send(NodeId to, Endpoint at, byte[] packet);

  /**
   * Sends a packet to whichever admitted node answers at an address, over the stream that was
   * dialled there before, if it is still open.
   */
  void sendToSeed(Endpoint at, byte[] packet);
}
