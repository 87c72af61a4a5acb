// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Changes to be told to others, each a limited number of times, the least told first and the newest
 * first among equals (SWIM, 4.1). News about the same thing replaces what was queued about it.
 * Bounded: when full, the most told and oldest goes; anti-entropy repairs that.
 */
final class BroadcastQueue {
  /** Hardly a queued message is smaller than this: a cheap end to the search for one that fits. */
  private static final int SMALLEST = 80;

  private final int capacity;
  private final Map<Topic, Item> byTopic = new LinkedHashMap<>();
  private final TreeSet<Item> order =
      new TreeSet<>(
          Comparator.comparingInt(Item::sent)
              .thenComparing(Comparator.comparingLong(Item::number).reversed()));
  private final Map<NodeId, List<NodeId>> accusers = new LinkedHashMap<>();
  private long nextNumber;

  /** What a change is about: a record of the subject, or what one accuser says of it. */
  private record Topic(NodeId subject, @Nullable RecordKey key, @Nullable NodeId accuser) {}

  private record Item(Topic topic, Message message, int sent, long number) {
    Item sentOnceMore() {
      return new Item(topic, message, sent + 1, number);
    }
  }

  BroadcastQueue(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Queues an accusation. The alive record that it is about stays queued: who missed that one could
   * not make anything of the accusation.
   */
  void add(Accusation accusation) {
    add(new Topic(accusation.target(), null, accusation.accuser()), new Message.Accuse(accusation));
    accusers
        .computeIfAbsent(accusation.target(), target -> new ArrayList<>())
        .add(accusation.accuser());
  }

  /** Queues a record. An alive ends accusations, a leave the alive too. */
  void add(SignedRecord record) {
    RecordKey key = record.key();
    if (key.equals(RecordKey.ALIVE) || key.equals(RecordKey.LEAVE)) {
      endAccusations(record.owner());
      remove(new Topic(record.owner(), RecordKey.ALIVE, null));
    }
    add(new Topic(record.owner(), key, null), new Message.Statement(record));
  }

  /** What is said against that member is no news any more. */
  void endAccusations(NodeId accused) {
    List<NodeId> known = accusers.remove(accused);
    if (known != null) {
      known.forEach(accuser -> remove(new Topic(accused, null, accuser)));
    }
  }

  /**
   * Fills the rest of a packet and counts what it takes as sent.
   *
   * @param room bytes left in the packet
   * @param limit how often a change is sent before it is dropped
   */
  List<Message> take(int room, int limit) {
    List<Message> taken = new ArrayList<>();
    List<Item> sent = new ArrayList<>();
    int left = room;
    for (Item item : order) {
      if (left < SMALLEST) {
        break;
      }
      if (item.message().bytes() <= left) {
        left -= item.message().bytes();
        taken.add(item.message());
        sent.add(item);
      }
    }
    for (Item item : sent) {
      order.remove(item);
      if (item.sent() + 1 >= limit) {
        drop(item.topic());
      } else {
        Item again = item.sentOnceMore();
        order.add(again);
        byTopic.put(again.topic(), again);
      }
    }
    return taken;
  }

  boolean isEmpty() {
    return order.isEmpty();
  }

  int size() {
    return order.size();
  }

  private void add(Topic topic, Message message) {
    remove(topic);
    Item item = new Item(topic, message, 0, nextNumber++);
    byTopic.put(topic, item);
    order.add(item);
    if (order.size() > capacity) {
      Item worst = order.last();
      order.remove(worst);
      drop(worst.topic());
    }
  }

  private void drop(Topic topic) {
    byTopic.remove(topic);
    NodeId accuser = topic.accuser();
    List<NodeId> known = accusers.get(topic.subject());
    if (accuser != null && known != null && known.remove(accuser) && known.isEmpty()) {
      accusers.remove(topic.subject());
    }
  }

  private void remove(Topic topic) {
    Item old = byTopic.remove(topic);
    if (old != null) {
      order.remove(old);
    }
  }
}
