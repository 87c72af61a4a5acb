// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records that travel by name first: {@link Message.Have} says which are new, {@link Message.Want}
 * asks for those that are missing, so that each record crosses to each member about once, where
 * pushing it would bring it there {@code retransmits} times (lazy push; J. Leitao, J. Pereira, L.
 * Rodrigues, "Epidemic Broadcast Trees", SRDS 2007). Names ride on pings and their answers, and so
 * do the wants that follow from them.
 *
 * <p>Each record is announced {@value #ANNOUNCEMENTS} times by each member that holds it: with
 * partners drawn at random, one in 3,000 deliveries is then missed and left to anti-entropy. All
 * bounded: the oldest give way.
 */
final class Rumours {
  static final int ANNOUNCEMENTS = 8;

  /** A want that was not answered by now was lost. */
  private static final long LOST_NANOS = 1_000_000_000L;

  /** So few shall be known soon: packets of their own carry them. */
  private static final int FEW = 16;

  /** Records no longer announced, but still known as such. */
  private static final int MAX_TOLD = 512;

  private static final int MAX_HOT = 8_192;
  private static final int MAX_WANTED = 8_192;

  private final IntObjectMap<Told> told = new IntObjectHashMap<>();
  /* All that are in told, the oldest first. */
  private final Deque<Told> order = new ArrayDeque<>();
  /* In the order in which they are announced next; those that are over are left out then. */
  private final Deque<Told> queue = new ArrayDeque<>();
  /* When it was asked for, by id, the longest ago first. */
  private final Map<Integer, Long> wanted = new LinkedHashMap<>();
  private int hot;

  private static final class Told {
    final int id;

    /** Null once something newer was said of the same. */
    @Nullable SignedRecord record;

    int times;

    Told(SignedRecord record) {
      this.id = record.id();
      this.record = record;
    }

    boolean isHot() {
      return times < ANNOUNCEMENTS;
    }
  }

  /** Announces a record from now on. */
  void add(SignedRecord record) {
    Told item = new Told(record);
    hot++;
    queue.addLast(item);
    if (queue.size() > MAX_HOT) {
      cool(queue.removeFirst());
    }
    remember(item);
  }

  /**
   * Another's record is held from now on. It is news where it was asked for, since then it was
   * announced; what came by anti-entropy was missed here alone.
   */
  void learn(SignedRecord record) {
    if (wanted.containsKey(record.id())) {
      add(record);
    } else {
      Told item = new Told(record);
      item.times = ANNOUNCEMENTS;
      remember(item);
    }
  }

  /** A record came from its owner itself, which is as good as if it had been asked for. */
  void onFirstHand(long now, SignedRecord record) {
    if (!told.containsKey(record.id())) {
      await(record.id(), now);
    }
  }

  private void await(int id, long now) {
    wanted.remove(id);
    wanted.put(id, now);
    if (wanted.size() > MAX_WANTED) {
      wanted.remove(wanted.keySet().iterator().next());
    }
  }

  private void remember(Told item) {
    wanted.remove(item.id);
    told.put(item.id, item);
    order.addLast(item);
    while (order.size() > hot + MAX_TOLD) {
      Told oldest = order.removeFirst();
      cool(oldest);
      if (told.get(oldest.id) == oldest) {
        told.remove(oldest.id);
      }
    }
  }

  /** Something newer was said of the same: this record is news no more. */
  void end(SignedRecord record) {
    Told item = told.get(record.id());
    if (item != null && record.equals(item.record)) {
      cool(item);
      item.record = null;
    }
  }

  private void cool(Told item) {
    if (item.isHot()) {
      item.times = ANNOUNCEMENTS;
      hot--;
    }
  }

  /**
   * Whether names shall not wait for the packets of probes: while they are few, as they are quickly
   * known then, and while they are more than such a packet carries.
   */
  boolean isPressing() {
    return hot > 0 && (hot <= FEW || hot > Message.Have.MAX_RECORDS);
  }

  /** Names of news that fit, those that waited longest first, counted as told. */
  List<Integer> announce(int room) {
    int count = Math.min(Math.min(room, Message.Have.MAX_RECORDS), hot);
    List<Integer> ids = new ArrayList<>(Math.max(0, count));
    while (ids.size() < count) {
      Told item = queue.removeFirst();
      if (item.isHot()) {
        ids.add(item.id);
        item.times++;
        if (item.isHot()) {
          queue.addLast(item);
        } else {
          hot--;
        }
      }
    }
    return ids;
  }

  /** The record of that name, if it was news lately and still holds. */
  @Nullable SignedRecord get(int id) {
    Told item = told.get(id);
    return item == null ? null : item.record;
  }

  /** A member has these: those among them that it is now to be asked for. */
  List<Integer> onHave(long now, List<Integer> ids) {
    List<Integer> missing = new ArrayList<>();
    for (int id : ids) {
      if (!told.containsKey(id)) {
        Long asked = wanted.get(id);
        if (asked == null || now - asked > LOST_NANOS) {
          await(id, now);
          missing.add(id);
        }
      }
    }
    return missing;
  }
}
