// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Records that travel by name first: {@link Message.Have} says which are new, {@link Message.Want}
 * asks for those that are missing, so that each record crosses to each member about once, where
 * pushing it would bring it there {@code retransmits} times (lazy push; J. Leitao, J. Pereira, L.
 * Rodrigues, "Epidemic Broadcast Trees", SRDS 2007). Names ride on packets that are sent anyway.
 *
 * <p>Each record is announced {@value #ANNOUNCEMENTS} times by each member that holds it: with
 * partners drawn at random, one in 3,000 deliveries is then missed and left to anti-entropy.
 * Missing ones are asked for at once, but no more often than {@value #WANT_MILLIS} ms: on a busy
 * mesh several come in one packet. All bounded: the oldest give way.
 */
final class Rumours {
  static final int ANNOUNCEMENTS = 8;

  private static final int WANT_MILLIS = 400;
  private static final long WANT_NANOS = WANT_MILLIS * 1_000_000L;

  /** A want that was not answered by now was lost. */
  private static final long LOST_NANOS = 1_500_000_000L;

  /** So many are asked for whatever the pause. */
  private static final int MANY = 16;

  /** So many from one member make a packet of their own. */
  private static final int FEW = 4;

  /** Records no longer announced, but still known as such. */
  private static final int MAX_TOLD = 512;

  private static final int MAX_HOT = 8_192;
  private static final int MAX_WANTED = 8_192;

  private final Map<Integer, Told> told = new LinkedHashMap<>();
  private final Map<Integer, Told> hot = new LinkedHashMap<>();
  private final Map<Topic, Integer> current = new LinkedHashMap<>();
  private final Map<Integer, Wanted> wanted = new LinkedHashMap<>();
  private int unasked;
  private long oldestUnaskedNanos;
  private long lastAskedNanos = Long.MIN_VALUE / 2;

  private record Topic(NodeId owner, RecordKey key) {}

  private static final class Told {
    final SignedRecord record;
    int times;

    Told(SignedRecord record) {
      this.record = record;
    }
  }

  private static final class Wanted {
    Sender holder;
    boolean asked;
    long nanos;

    Wanted(Sender holder, long nanos) {
      this.holder = holder;
      this.nanos = nanos;
    }
  }

  /** Records to be asked for from one member. */
  record Ask(Sender holder, List<Integer> ids) {}

  /** Announces a record from now on; an older one about the same is news no more. */
  void add(SignedRecord record) {
    int id = record.id();
    Topic topic = new Topic(record.owner(), record.key());
    Integer old = current.put(topic, id);
    if (old != null) {
      hot.remove(old);
      told.remove(old);
    }
    end(id);
    Told item = new Told(record);
    told.put(id, item);
    hot.put(id, item);
    if (hot.size() > MAX_HOT) {
      hot.remove(hot.keySet().iterator().next());
    }
    while (told.size() > hot.size() + MAX_TOLD) {
      Map.Entry<Integer, Told> first = told.entrySet().iterator().next();
      int oldest = first.getKey();
      SignedRecord gone = first.getValue().record;
      told.remove(oldest);
      hot.remove(oldest);
      current.remove(new Topic(gone.owner(), gone.key()), oldest);
    }
  }

  /** Whether there is something to announce. */
  boolean hasNews() {
    return !hot.isEmpty();
  }

  /** Names of news that fit, the least told first, counted as told. */
  List<Integer> announce(int room) {
    int count = Math.min(Math.min(room, Message.Have.MAX_RECORDS), hot.size());
    List<Integer> ids = new ArrayList<>(Math.max(0, count));
    var all = hot.entrySet().iterator();
    while (ids.size() < count) {
      ids.add(all.next().getKey());
    }
    for (int id : ids) {
      Told item = hot.remove(id);
      if (item != null && ++item.times < ANNOUNCEMENTS) {
        hot.put(id, item);
      }
    }
    return ids;
  }

  /** The record of that name, if it was news lately. */
  @Nullable SignedRecord get(int id) {
    Told item = told.get(id);
    return item == null ? null : item.record;
  }

  /** A member has these: the unknown among them are asked for when {@link #due} says so. */
  void onHave(long now, Sender holder, List<Integer> ids) {
    for (int id : ids) {
      if (told.containsKey(id)) {
        continue;
      }
      Wanted known = wanted.get(id);
      if (known == null) {
        if (wanted.size() >= MAX_WANTED) {
          end(wanted.keySet().iterator().next());
        }
        wanted.put(id, new Wanted(holder, now));
        noteUnasked(now);
      } else if (!known.asked) {
        known.holder = holder;
      } else if (now - known.nanos > LOST_NANOS) {
        known.holder = holder;
        known.asked = false;
        known.nanos = now;
        noteUnasked(now);
      }
    }
  }

  /** What is to be asked for now. */
  List<Ask> due(long now) {
    if (unasked == 0 || now - nextDeadlineNanos(Long.MAX_VALUE) < 0) {
      return List.of();
    }
    Map<NodeId, List<Integer>> byHolder = new TreeMap<>();
    boolean all =
        now - lastAskedNanos > 2 * WANT_NANOS || now - oldestUnaskedNanos > 2 * WANT_NANOS;
    wanted.forEach(
        (id, want) -> {
          if (!want.asked) {
            byHolder.computeIfAbsent(want.holder.id(), holder -> new ArrayList<>()).add(id);
          }
        });
    int most = byHolder.values().stream().mapToInt(List::size).max().orElse(0);
    List<Ask> asks = new ArrayList<>();
    for (List<Integer> ids : byHolder.values()) {
      if (all || ids.size() == most || ids.size() >= FEW) {
        List<Integer> some = ids.subList(0, Math.min(ids.size(), Message.Have.MAX_RECORDS));
        Sender holder = null;
        for (int id : some) {
          Wanted want = wanted.get(id);
          if (want != null) {
            want.asked = true;
            want.nanos = now;
            holder = want.holder;
            unasked--;
          }
        }
        if (holder != null) {
          asks.add(new Ask(holder, List.copyOf(some)));
        }
      }
    }
    lastAskedNanos = now;
    return asks;
  }

  /** When {@link #due} has something, if nothing comes before. */
  long nextDeadlineNanos(long fallback) {
    if (unasked == 0) {
      return fallback;
    }
    long next = unasked >= MANY ? oldestUnaskedNanos : lastAskedNanos + WANT_NANOS;
    return Math.min(fallback, Math.max(next, oldestUnaskedNanos));
  }

  private void noteUnasked(long now) {
    if (unasked++ == 0) {
      oldestUnaskedNanos = now;
    }
  }

  private void end(int id) {
    Wanted want = wanted.remove(id);
    if (want != null && !want.asked) {
      unasked--;
    }
  }
}
