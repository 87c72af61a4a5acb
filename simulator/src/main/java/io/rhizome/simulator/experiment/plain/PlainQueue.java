// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment.plain;

import io.rhizome.simulator.experiment.plain.PlainMessage.Update;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is still to be passed on: of each member the newest, first what was sent least often, then
 * what is newest.
 */
final class PlainQueue {
  private final @Nullable Item[] bySubject;
  private final TreeSet<Item> order =
      new TreeSet<>(
          Comparator.comparingInt(Item::sent)
              .thenComparing(Comparator.comparingLong(Item::number).reversed()));
  private long nextNumber;

  private record Item(Update update, int sent, long number) {}

  PlainQueue(int members) {
    this.bySubject = new Item[members];
  }

  void add(Update update) {
    Item old = bySubject[update.subject()];
    if (old != null) {
      order.remove(old);
    }
    put(new Item(update, 0, nextNumber++));
  }

  /** Fills a packet; each update is dropped once it was taken that often. */
  List<PlainMessage> take(int roomBytes, int limit) {
    List<Item> taken = new ArrayList<>();
    int left = roomBytes;
    for (Item item : order) {
      if (item.update().bytes() <= left) {
        left -= item.update().bytes();
        taken.add(item);
      }
    }
    List<PlainMessage> updates = new ArrayList<>();
    for (Item item : taken) {
      updates.add(item.update());
      order.remove(item);
      bySubject[item.update().subject()] = null;
      if (item.sent() + 1 < limit) {
        put(new Item(item.update(), item.sent() + 1, item.number()));
      }
    }
    return updates;
  }

  private void put(Item item) {
    bySubject[item.update().subject()] = item;
    order.add(item);
  }
}
