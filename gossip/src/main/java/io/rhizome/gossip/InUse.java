// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The members in use, in an order that depends on nothing but what happened, for drawing some at
 * random in a time that does not grow with the mesh; and those among them that do not answer.
 */
final class InUse implements Iterable<Peer> {
  /** So many draws for each wanted, then all are looked at. */
  private static final int DRAWS = 4;

  private final List<Peer> peers = new ArrayList<>();
  private final Set<Peer> unreached = new LinkedHashSet<>();
  private final RangeSums sums = new RangeSums();
  private long lives;

  int size() {
    return peers.size();
  }

  /** How many came and went so far, and those that began another life. */
  long lives() {
    return lives;
  }

  /** A member in use began another life. */
  void countLife() {
    lives++;
  }

  @Override
  public Iterator<Peer> iterator() {
    return peers.iterator();
  }

  void add(Peer peer) {
    if (peer.place < 0) {
      peer.place = peers.size();
      peers.add(peer);
      lives++;
      onSaid(peer);
      onReachability(peer);
    }
  }

  void remove(Peer peer) {
    if (peer.place >= 0) {
      Peer last = peers.remove(peers.size() - 1);
      if (last != peer) {
        peers.set(peer.place, last);
        last.place = peer.place;
      }
      peer.place = -1;
      lives++;
      onSaid(peer);
      unreached.remove(peer);
    }
  }

  /** Sums of what they said last. */
  RangeSums sums() {
    return sums;
  }

  /** It has said something new. */
  void onSaid(Peer peer) {
    sums.update(peer);
  }

  /** Its {@link Peer#shownReachability} has changed. */
  void onReachability(Peer peer) {
    if (peer.place < 0 || peer.shownReachability.equals(Reachability.DIRECT)) {
      unreached.remove(peer);
    } else {
      unreached.add(peer);
    }
  }

  /** One of those that do not answer this node, in turn; null where all do. */
  @Nullable Peer nextUnreached() {
    if (unreached.isEmpty()) {
      return null;
    }
    Peer first = unreached.iterator().next();
    unreached.remove(first);
    unreached.add(first);
    return first;
  }

  /** So many distinct ones that fit, drawn at random; fewer where there are fewer. */
  List<Peer> sample(Random random, int count, Predicate<Peer> fits) {
    List<Peer> chosen = new ArrayList<>(count);
    int draws = peers.size() <= DRAWS * count ? 0 : DRAWS * count;
    for (; draws > 0 && chosen.size() < count; draws--) {
      Peer peer = peers.get(random.nextInt(peers.size()));
      if (!chosen.contains(peer) && fits.test(peer)) {
        chosen.add(peer);
      }
    }
    if (chosen.size() < count) {
      List<Peer> rest = new ArrayList<>(peers);
      rest.removeIf(peer -> chosen.contains(peer) || !fits.test(peer));
      while (chosen.size() < count && !rest.isEmpty()) {
        chosen.add(rest.remove(random.nextInt(rest.size())));
      }
    }
    return chosen;
  }
}
