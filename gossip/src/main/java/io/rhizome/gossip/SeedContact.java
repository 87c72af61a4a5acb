// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * When to ask which seeds to be let in. While this node is alone, all of them, again and again with
 * a pause that doubles up to a bound, for ever. While it is not, now and then one that is not the
 * address of a member in use, so that the sides of a long partition find each other again.
 */
final class SeedContact {
  private static final int MAX_SEEDS_AT_ONCE = 8;

  private final GossipConfig config;
  private final Random random;
  private List<Endpoint> given = List.of();
  private List<Endpoint> seeds = List.of();
  private final Map<Endpoint, Peer> members = new LinkedHashMap<>();
  private boolean unanswered;
  private long pauseNanos;
  private long nextNanos = Long.MAX_VALUE;

  /**
   * What to do now.
   *
   * @param seeds whom to ask
   * @param nobodyAnswered whether an earlier attempt while alone was in vain
   * @param retryNanos pause until the next attempt
   */
  record Attempt(List<Endpoint> seeds, boolean nobodyAnswered, long retryNanos) {}

  SeedContact(GossipConfig config, Random random) {
    this.config = config;
    this.random = random;
    this.pauseNanos = config.joinBackoffMinNanos();
  }

  void join(long now, List<Endpoint> newSeeds) {
    given = List.copyOf(newSeeds);
    ask(now, given);
  }

  /** Begins as {@link #join} did, and asks these too, which were members before. */
  void joinAgain(long now, List<Endpoint> before) {
    Set<Endpoint> all = new LinkedHashSet<>(given);
    all.addAll(before);
    ask(now, List.copyOf(all));
  }

  private void ask(long now, List<Endpoint> whom) {
    seeds = whom;
    members.clear();
    nextNanos = seeds.isEmpty() ? Long.MAX_VALUE : now;
    pauseNanos = config.joinBackoffMinNanos();
    unanswered = false;
  }

  boolean isDue(long now) {
    return nextNanos != Long.MAX_VALUE && now - nextNanos >= 0;
  }

  long nextDeadlineNanos() {
    return nextNanos;
  }

  /** Asks whom it is time to ask, while those members are in use. */
  void onTick(long now, InUse inUse, OwnRecords own, Out out) {
    if (!isDue(now)) {
      return;
    }
    Attempt attempt = attempt(now, inUse);
    if (attempt.nobodyAnswered()) {
      out.happened(new SwimEvent.NoSeedReachable(attempt.seeds(), attempt.retryNanos()));
    }
    List<Message> join = List.of(new Message.Join(own.alive()));
    for (Endpoint seed : attempt.seeds()) {
      out.send(seed, join);
      if (attempt.nobodyAnswered()) {
        out.streamToSeed(seed, join);
      }
    }
  }

  /** Begins an attempt that is due, while those members are in use. */
  Attempt attempt(long now, InUse inUse) {
    List<Endpoint> chosen = new ArrayList<>(seeds);
    if (inUse.size() == 0) {
      boolean vain = unanswered;
      unanswered = true;
      long pause = pauseNanos + random.nextLong(pauseNanos / 4 + 1);
      pauseNanos = Math.min(pauseNanos * 2, config.joinBackoffMaxNanos());
      nextNanos = now + pause;
      Collections.shuffle(chosen, random);
      return new Attempt(first(chosen, MAX_SEEDS_AT_ONCE), vain, pause);
    }
    unanswered = false;
    pauseNanos = config.joinBackoffMinNanos();
    nextNanos = now + config.joinBackoffMaxNanos();
    chosen.removeIf(seed -> isMember(seed, inUse));
    Collections.shuffle(chosen, random);
    return new Attempt(first(chosen, 1), false, config.joinBackoffMaxNanos());
  }

  /**
   * Whether a seed is the address of a member in use; as a rule it is that of the same as before.
   */
  private boolean isMember(Endpoint seed, InUse inUse) {
    Peer before = members.get(seed);
    if (before != null && before.place >= 0 && before.contact.mesh().equals(seed)) {
      return true;
    }
    members.remove(seed);
    for (Peer peer : inUse) {
      if (peer.contact.mesh().equals(seed)) {
        members.put(seed, peer);
        return true;
      }
    }
    return false;
  }

  /** The last usable member is gone: try again soon. */
  void onAlone(long now) {
    if (!seeds.isEmpty()) {
      nextNanos = Math.min(nextNanos, now + config.joinBackoffMinNanos());
    }
  }

  private static List<Endpoint> first(List<Endpoint> list, int count) {
    return List.copyOf(list.subList(0, Math.min(list.size(), count)));
  }
}
