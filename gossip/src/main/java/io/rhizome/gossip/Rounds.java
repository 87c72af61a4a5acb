// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.List;
import java.util.Random;

/**
 * What comes round again and again: pushing urgent news to a few, saying which records are new to
 * one, and comparing all that is known with one.
 */
final class Rounds {
  /** Where one in so many began a life or ended one between two exchanges, the next follow soon. */
  private static final int MANY = 8;

  private static final long QUICK_NANOS = 20_000_000_000L;

  private final GossipConfig config;
  private final Random random;
  private final MemberTable table;
  private final Lines lines;
  private final News news;
  private final AntiEntropy antiEntropy;
  private long nextGossipNanos;
  private long nextAnnounceNanos;
  private int announceTo = 1;
  private long nextSyncNanos;
  private long countedLives;
  private long learntLives;
  private long quickUntilNanos;

  Rounds(
      GossipConfig config,
      Random random,
      MemberTable table,
      Lines lines,
      News news,
      AntiEntropy antiEntropy,
      long nowNanos) {
    this.config = config;
    this.random = random;
    this.table = table;
    this.lines = lines;
    this.news = news;
    this.antiEntropy = antiEntropy;
    this.nextGossipNanos = nowNanos + random.nextLong(config.gossipIntervalNanos());
    this.nextAnnounceNanos = nextGossipNanos;
    this.nextSyncNanos = nowNanos + random.nextLong(config.syncNanos(1));
    this.quickUntilNanos = nowNanos;
  }

  /** Something urgent is to be told: the next push is due now. */
  void hurry(long now) {
    nextGossipNanos = Math.min(nextGossipNanos, now);
  }

  /** This node says something new of itself: the next announcement is due now, and goes to some. */
  void say(long now) {
    hurry(now);
    nextAnnounceNanos = Math.min(nextAnnounceNanos, now);
    announceTo = config.gossipFanout();
  }

  /**
   * There is more to learn than one exchange brings: the next is due soon. Only while members come
   * in by that: one whom this node cannot take in would be asked for without end.
   */
  void syncSoon(long now) {
    if (table.inUse().lives() != learntLives) {
      learntLives = table.inUse().lives();
      nextSyncNanos = Math.min(nextSyncNanos, now + config.gossipIntervalNanos());
    }
  }

  /**
   * Does what is due.
   *
   * @param leaving then only urgent news goes out
   */
  void onTick(long now, boolean leaving, Out out) {
    if (!leaving) {
      noteLives(now);
      if (now - antiEntropy.dueNanos(nextSyncNanos) >= 0) {
        sync(now, out);
      }
    }
    if ((leaving || news.isUrgent()) && now - nextGossipNanos >= 0) {
      nextGossipNanos = now + config.gossipIntervalNanos();
      if (news.isUrgent()) {
        push(now, config.gossipFanout(), out);
      }
    }
    if (!leaving && news.announced().isPressing() && now - nextAnnounceNanos >= 0) {
      nextAnnounceNanos = now + config.announceIntervalNanos();
      for (Peer peer : lines.partners(now, random, announceTo, other -> true)) {
        lines.send(lines.to(now, peer, out), List.of());
      }
      announceTo = 1;
    }
  }

  long nextDeadlineNanos(boolean leaving) {
    if (leaving) {
      return nextGossipNanos;
    }
    long next = antiEntropy.dueNanos(nextSyncNanos);
    if (news.isUrgent()) {
      next = Math.min(next, nextGossipNanos);
    }
    return news.announced().isPressing() ? Math.min(next, nextAnnounceNanos) : next;
  }

  /** Tells so many members what is urgent. */
  void push(long now, int members, Out out) {
    for (Peer peer : lines.partners(now, random, members, other -> true)) {
      lines.push(lines.to(now, peer, out));
    }
  }

  private void noteLives(long now) {
    if ((table.inUse().lives() - countedLives) * MANY >= table.usableCount()) {
      countedLives = table.inUse().lives();
      if (now - quickUntilNanos >= 0) {
        long soon = now + random.nextLong(config.probeIntervalNanos());
        nextSyncNanos = Math.min(nextSyncNanos, soon);
      }
      quickUntilNanos = now + QUICK_NANOS;
    }
  }

  private void sync(long now, Out out) {
    countedLives = table.inUse().lives();
    boolean quick = now - quickUntilNanos < 0;
    nextSyncNanos =
        now + (quick ? config.probeIntervalNanos() : config.syncNanos(table.usableCount()));
    for (Peer partner : lines.partners(now, random, 1, peer -> true)) {
      lines.to(now, partner, out).send(List.of(antiEntropy.summary()));
    }
  }
}
