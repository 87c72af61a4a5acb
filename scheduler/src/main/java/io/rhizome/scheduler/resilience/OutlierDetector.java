// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.resilience;

import io.rhizome.gossip.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Leaves out peers whose attempts break or time out one after another (Envoy's outlier detection),
 * and lets them in again once they answer when asked for their load, not by trying requests.
 *
 * <pre>
 * state    event                                                        next
 * WELL     {@value #FAILURES} failures in a row, or one of a connection,
 *          and fewer than max(1, a tenth of the peers) are out          EJECTED
 * EJECTED  it says how busy it is                                       ON TRIAL
 * EJECTED  an answer to a request                                       WELL
 * ON TRIAL a failure, and fewer than that are out                       EJECTED
 * ON TRIAL an answer to a request                                       WELL
 * </pre>
 *
 * <p>A rejection is an answer: a node that is full is not ill. An ejected peer is to be asked again
 * by {@link #dueForAsking}: after {@value #FIRST_ASK_NANOS} ns, then after twice as long each time,
 * at most {@value #MAX_ASK_NANOS} ns, and so it goes on for one that fails on trial: it may say how
 * busy it is, and its executor hang.
 *
 * <p>Any thread: its lock is held for a look-up.
 */
public final class OutlierDetector {
  private static final int FAILURES = 3;
  private static final int SHARE = 10;
  private static final long FIRST_ASK_NANOS = 250_000_000L;
  private static final long MAX_ASK_NANOS = 4_000_000_000L;

  private final SortedMap<NodeId, Peer> failing = new TreeMap<>();
  private long ejections;
  private int ejected;

  private static final class Peer {
    int failures;
    boolean out;
    long askNanos;
    long pauseNanos;
  }

  /** A peer answered a request, if only to reject it. */
  public synchronized void onAnswer(NodeId peer) {
    if (failing.isEmpty()) {
      return;
    }
    Peer known = failing.remove(peer);
    if (known != null && known.out) {
      ejected--;
    }
  }

  /** A peer said how busy it is, which a request will have to bear out. */
  public synchronized void onLoad(NodeId peer) {
    Peer known = failing.get(peer);
    if (known != null && known.out) {
      known.out = false;
      known.failures = FAILURES - 1;
      ejected--;
    }
  }

  /**
   * An attempt there broke or timed out.
   *
   * @param connection whether the connection itself broke or could not be made: once is enough
   * @param peers how many peers there are
   * @return whether it is left out from now on
   */
  public synchronized boolean onFailure(long nowNanos, NodeId peer, boolean connection, int peers) {
    Peer known = failing.computeIfAbsent(peer, id -> new Peer());
    known.failures++;
    boolean enough = connection || known.failures >= FAILURES;
    if (known.out || !enough || ejected >= Math.max(1, peers / SHARE)) {
      return false;
    }
    known.out = true;
    known.pauseNanos = Math.max(FIRST_ASK_NANOS, known.pauseNanos);
    known.askNanos = nowNanos + known.pauseNanos;
    ejected++;
    ejections++;
    return true;
  }

  /** A peer left the mesh. */
  public synchronized void forget(NodeId peer) {
    onAnswer(peer);
  }

  /** Whether a peer is left out. */
  public synchronized boolean isEjected(NodeId peer) {
    if (ejected == 0) {
      return false;
    }
    Peer known = failing.get(peer);
    return known != null && known.out;
  }

  /** The peers to ask for their load now; each is due again later. */
  public synchronized List<NodeId> dueForAsking(long nowNanos) {
    List<NodeId> due = new ArrayList<>();
    failing.forEach(
        (id, peer) -> {
          if (peer.out && nowNanos - peer.askNanos >= 0) {
            due.add(id);
            peer.pauseNanos = Math.min(MAX_ASK_NANOS, 2 * peer.pauseNanos);
            peer.askNanos = nowNanos + peer.pauseNanos;
          }
        });
    return due;
  }

  /** How often a peer was left out since the start. */
  public synchronized long ejections() {
    return ejections;
  }

  /** How many are left out now. */
  public synchronized int ejected() {
    return ejected;
  }
}
