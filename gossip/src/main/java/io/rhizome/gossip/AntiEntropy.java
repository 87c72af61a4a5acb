// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.Message.Digest;
import io.rhizome.gossip.Message.Digest.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Repairs what broadcasts lost. Two members compare hashes of ranges of what they know, then
 * digests of ranges that differ; each pulls what is newer at the other, so that any two members
 * that keep exchanging come to hold the same records, however many packets are lost on the way.
 *
 * <p>A digest's claim that somebody is suspect or dead is hearsay, perhaps from before a partition
 * healed. It is not believed but put to the accused, who refutes it; if it cannot, the probes of
 * this node will tell.
 */
final class AntiEntropy {
  private static final int MEMBERS_PER_RANGE = 16;

  /** Most members that one exchange says something of; the next brings the next. */
  private static final int MAX_ENTRIES = 10 * Digest.MAX_ENTRIES;

  /** Most exchanges that others begin and this node answers, per second and at once. */
  private static final int MAX_ANSWERS = 16;

  private static final long ANSWERS_NANOS = 1_000_000_000L;

  /** Most records sent in answer to one pull; the next exchange brings the rest. */
  private static final int MAX_RECORDS_PER_PULL = 100;

  /** A challenge is answered by now, or was lost, or cannot be answered. */
  private static final long ANSWERED_NANOS = 2_000_000_000L;

  private static final long FRESH_NANOS = 60_000_000_000L;

  private static final long LOWEST = 0;
  private static final long HIGHEST = -1;

  private final NodeId self;
  private final OwnRecords own;
  private final MemberTable table;
  private final Random random;
  private long answersSinceNanos;
  private int answers;
  private boolean followsUp;
  private long followUpNanos;

  AntiEntropy(NodeId self, OwnRecords own, MemberTable table, Random random) {
    this.self = self;
    this.own = own;
    this.table = table;
    this.random = random;
  }

  /**
   * When the next exchange is due, where nothing hurries at {@code later}: sooner where one brought
   * hearsay that was put to the accused, for if it has not answered by then, the accusations are
   * worth having.
   */
  long dueNanos(long later) {
    return followsUp && followUpNanos - later < 0 ? followUpNanos : later;
  }

  /** Begins an exchange: what this node knows, in one packet. */
  Message.Summary summary() {
    followsUp = false;
    return new Message.Summary(hashes(ranges()));
  }

  /** Sends what this node knows of some ranges, drawn at random. */
  void sendDigests(PacketPacker packer) {
    int ranges = ranges();
    List<Integer> all = new ArrayList<>();
    for (int range = 0; range < ranges; range++) {
      all.add(range);
    }
    sendDigests(all, ranges, packer);
  }

  /** Another's summary: sends what is known here of some of the ranges where it differs. */
  void onSummary(long now, Message.Summary theirs, PacketPacker packer) {
    if (!admits(now)) {
      return;
    }
    List<Integer> ours = hashes(theirs.hashes().size());
    List<Integer> different = new ArrayList<>();
    for (int range = 0; range < ours.size(); range++) {
      if (!ours.get(range).equals(theirs.hashes().get(range))) {
        different.add(range);
      }
    }
    sendDigests(different, ours.size(), packer);
  }

  private void sendDigests(List<Integer> of, int ranges, PacketPacker packer) {
    int left = MAX_ENTRIES;
    while (!of.isEmpty() && left > 0) {
      int range = of.remove(random.nextInt(of.size()));
      long after = range == 0 ? LOWEST : highest(range - 1, ranges);
      long end = highest(range, ranges);
      List<Entry> entries = range(after, end, left, owner -> true);
      left -= entries.size();
      // What does not fit is left out of the range too: nothing is said of it.
      for (int at = 0; at == 0 || at < entries.size(); at += Digest.MAX_ENTRIES) {
        List<Entry> page = entries.subList(at, Math.min(entries.size(), at + Digest.MAX_ENTRIES));
        boolean last = at + Digest.MAX_ENTRIES >= entries.size() && left > 0;
        long upTo = last ? end : page.get(page.size() - 1).owner();
        packer.add(new Digest(false, after, upTo, page));
        after = upTo;
      }
    }
  }

  /** So many that about sixteen members fall into one. */
  private int ranges() {
    int wanted = Math.max(1, (table.all().size() + 1) / MEMBERS_PER_RANGE);
    return Math.min(Message.Summary.MAX_RANGES, Integer.highestOneBit(wanted));
  }

  private static long highest(int range, int ranges) {
    int bits = Integer.numberOfTrailingZeros(ranges);
    return bits == 0 ? HIGHEST : ((long) (range + 1) << (Long.SIZE - bits)) - 1;
  }

  private List<Integer> hashes(int ranges) {
    int[] sums = table.inUse().sums().of(ranges);
    sums[RangeSums.rangeOf(self.prefix(), ranges)] +=
        RangeSums.hash(self.prefix(), own.incarnation(), own.said());
    return Arrays.stream(sums).boxed().toList();
  }

  /** Whether another exchange may be answered now; counts it where it may. */
  boolean admits(long now) {
    if (now - answersSinceNanos >= ANSWERS_NANOS) {
      answersSinceNanos = now;
      answers = 0;
    }
    return answers++ < MAX_ANSWERS;
  }

  /**
   * Compares a page with what is known here: pulls what is newer there, says what is newer here.
   *
   * @return how many are in use there of whom nothing is known here
   */
  int onDigest(long now, Digest digest, PacketPacker packer, Consumer<Peer> challenge) {
    List<Entry> newerHere = new ArrayList<>();
    int unknown = 0;
    for (Entry theirs : digest.entries()) {
      Entry ours = entry(theirs.owner());
      Verdict verdict = ours == null ? Verdict.ofUnknown(theirs) : Verdict.of(ours, theirs);
      boolean accused = verdict == Verdict.ACCUSED_THERE && !putToAccused(now, theirs, challenge);
      if (verdict.pull || accused) {
        pulls(theirs).forEach(packer::add);
      }
      unknown += ours == null && verdict.pull ? 1 : 0;
      if (verdict.tell && ours != null) {
        newerHere.add(ours);
      }
    }
    if (!digest.answer()) {
      long[] listed = digest.entries().stream().mapToLong(Entry::owner).sorted().toArray();
      LongPredicate isNot = owner -> Arrays.binarySearch(listed, owner) < 0;
      for (Entry ours : range(digest.after(), digest.upTo(), Integer.MAX_VALUE, isNot)) {
        if (ours.status().usable()) {
          newerHere.add(ours);
        }
      }
      for (int at = 0; at < newerHere.size(); at += Digest.MAX_ENTRIES) {
        int end = Math.min(newerHere.size(), at + Digest.MAX_ENTRIES);
        packer.add(new Digest(true, LOWEST, LOWEST, newerHere.subList(at, end)));
      }
    }
    return unknown;
  }

  /** Sends what the asker lacks of one owner. */
  void onPull(Message.Pull pull, PacketPacker packer) {
    Peer peer = table.get(pull.owner());
    if (peer == null && pull.owner() != self.prefix()) {
      return;
    }
    OwnerRecords records = peer == null ? own.said() : peer.records;
    SignedRecord leave = peer == null ? null : peer.leave();
    SignedRecord alive = peer == null ? own.alive() : peer.alive();
    if (leave != null) {
      packer.add(new Message.Statement(leave));
    } else if (alive.version() > pull.incarnation()) {
      packer.add(new Message.Statement(alive));
    }
    Suspicion suspicion = peer == null ? null : peer.suspicion;
    if (peer != null && suspicion != null && peer.incarnation() == pull.incarnation()) {
      suspicion.accusations().forEach(known -> packer.add(new Message.Accuse(known)));
    }
    Set<Integer> held = new TreeSet<>();
    if (alive.epoch() == (int) (pull.incarnation() >>> 32)) {
      held.addAll(pull.held());
    }
    int left = MAX_RECORDS_PER_PULL;
    for (SignedRecord record : records.ascending()) {
      int version = (int) record.version();
      boolean inRange =
          Integer.compareUnsigned(version, pull.after()) > 0
              && Integer.compareUnsigned(version, pull.upTo()) <= 0;
      if (left > 0 && inRange && !held.contains(version)) {
        packer.add(new Message.Statement(record));
        left--;
      }
    }
  }

  /** Asks for all that is known of one owner. */
  List<Message.Pull> pulls(NodeId owner) {
    return pulls(new Entry(owner.prefix(), 0, Status.ALIVE, 0));
  }

  private List<Message.Pull> pulls(Entry theirs) {
    Entry ours = entry(theirs.owner());
    long incarnation = ours == null ? 0 : ours.incarnation();
    List<Message.Pull> pulls = new ArrayList<>();
    List<Integer> held = new ArrayList<>();
    int after = 0;
    // Of itself a node wants to see all: another life of it may have used the same versions.
    Peer peer = table.get(theirs.owner());
    for (SignedRecord record : peer == null ? List.<SignedRecord>of() : peer.records.ascending()) {
      int version = (int) record.version();
      held.add(version);
      if (held.size() == Message.Pull.MAX_HELD) {
        pulls.add(new Message.Pull(theirs.owner(), incarnation, after, version, held));
        held.clear();
        after = version;
      }
    }
    pulls.add(new Message.Pull(theirs.owner(), incarnation, after, -1, held));
    return pulls;
  }

  /**
   * Tells the accused, if that was not done lately, so that it can outlive the claim. Where it was,
   * in vain, the claim may be true.
   */
  private boolean putToAccused(long now, Entry claim, Consumer<Peer> challenge) {
    Peer accused = table.get(claim.owner());
    if (accused == null || now - accused.lastChallengedNanos < ANSWERED_NANOS) {
      return true;
    }
    boolean again = now - accused.lastChallengedNanos < FRESH_NANOS;
    accused.lastChallengedNanos = now;
    challenge.accept(accused);
    if (!again && !followsUp) {
      followsUp = true;
      followUpNanos = now + ANSWERED_NANOS;
    }
    return !again;
  }

  /** Those members above one id and up to another, this node among them, at most so many. */
  private List<Entry> range(long after, long upTo, int limit, LongPredicate wanted) {
    List<Entry> entries = new ArrayList<>();
    boolean selfInRange = within(self.prefix(), after, upTo) && wanted.test(self.prefix());
    List<Peer> all = table.all().ordered();
    for (int at = table.all().firstFrom(after); at < all.size() && entries.size() < limit; at++) {
      Peer peer = all.get(at);
      long prefix = peer.prefix;
      if (Long.compareUnsigned(prefix, upTo) > 0) {
        break;
      }
      if (selfInRange && Long.compareUnsigned(prefix, self.prefix()) > 0) {
        entries.add(ownEntry());
        selfInRange = false;
      }
      if (within(prefix, after, upTo) && wanted.test(prefix) && entries.size() < limit) {
        entries.add(entry(peer));
      }
    }
    if (selfInRange && entries.size() < limit) {
      entries.add(ownEntry());
    }
    return entries;
  }

  private static boolean within(long prefix, long after, long upTo) {
    return Long.compareUnsigned(prefix, after) > 0 && Long.compareUnsigned(prefix, upTo) <= 0;
  }

  private @Nullable Entry entry(long prefix) {
    if (prefix == self.prefix()) {
      return ownEntry();
    }
    Peer peer = table.get(prefix);
    if (peer != null) {
      return entry(peer);
    }
    long buried = table.buriedAt(prefix);
    return buried < 0 ? null : new Entry(prefix, buried, Status.DEAD, 0);
  }

  private Entry entry(Peer peer) {
    return new Entry(peer.prefix, peer.incarnation(), peer.status, peer.records.hash());
  }

  private Entry ownEntry() {
    return new Entry(self.prefix(), own.incarnation(), Status.ALIVE, own.said().hash());
  }

  /** What follows from comparing two entries of one owner. */
  private enum Verdict {
    SAME(false, false),
    NEWER_THERE(true, false),
    NEWER_HERE(false, true),
    RECORDS_DIFFER(true, true),
    ACCUSED_THERE(false, false);

    final boolean pull;
    final boolean tell;

    Verdict(boolean pull, boolean tell) {
      this.pull = pull;
      this.tell = tell;
    }

    static Verdict ofUnknown(Entry theirs) {
      return theirs.status().usable() ? NEWER_THERE : SAME;
    }

    static Verdict of(Entry ours, Entry theirs) {
      if (theirs.incarnation() != ours.incarnation()) {
        return theirs.incarnation() > ours.incarnation() ? NEWER_THERE : NEWER_HERE;
      }
      if (theirs.status() == Status.LEFT || ours.status() == Status.LEFT) {
        if (theirs.status() == ours.status()) {
          return SAME;
        }
        return theirs.status() == Status.LEFT ? NEWER_THERE : NEWER_HERE;
      }
      int severity = theirs.status().compareTo(ours.status());
      if (severity != 0) {
        return severity > 0 ? ACCUSED_THERE : NEWER_HERE;
      }
      boolean same = theirs.recordsHash() == ours.recordsHash();
      return same || ours.status() == Status.DEAD ? SAME : RECORDS_DIFFER;
    }
  }
}
