// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.Message.Digest;
import io.rhizome.gossip.Message.Digest.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Repairs what broadcasts lost. Two members compare digests page by page; each pulls what is newer
 * at the other, so that any two members that keep exchanging come to hold the same records, however
 * many packets are lost on the way.
 *
 * <p>A digest's claim that somebody is suspect or dead is hearsay, perhaps from before a partition
 * healed. It is not believed but put to the accused, who refutes it; if it cannot, the probes of
 * this node will tell.
 */
final class AntiEntropy {
  /** Most digest pages sent at once: 23 members each. */
  private static final int MAX_PAGES = 8;

  /** Most records sent in answer to one pull; the next exchange brings the rest. */
  private static final int MAX_RECORDS_PER_PULL = 100;

  private static final NodeId LOWEST = NodeId.of(new byte[NodeId.BYTES]);
  private static final NodeId HIGHEST = highest();
  private static final NodeId NOBODY = LOWEST;

  private final NodeId self;
  private final OwnRecords own;
  private final MemberTable table;
  private final NodeStateStore store;
  private NodeId cursor = LOWEST;

  AntiEntropy(NodeId self, OwnRecords own, MemberTable table, NodeStateStore store) {
    this.self = self;
    this.own = own;
    this.table = table;
    this.store = store;
  }

  /** Sends some pages of what this node knows, going round all members over several calls. */
  void sendDigest(Endpoint to, Out out) {
    List<Entry> all = entries();
    PacketPacker packer = new PacketPacker(to, out);
    for (int page = 0; page < MAX_PAGES; page++) {
      NodeId after = cursor;
      List<Entry> entries = new ArrayList<>();
      for (Entry entry : all) {
        if (entry.owner().compareTo(after) > 0 && entries.size() < Digest.MAX_ENTRIES) {
          entries.add(entry);
        }
      }
      boolean last = entries.size() < Digest.MAX_ENTRIES;
      NodeId upTo = last ? HIGHEST : entries.get(entries.size() - 1).owner();
      packer.add(new Digest(false, after, upTo, entries));
      cursor = last ? LOWEST : upTo;
      if (last) {
        break;
      }
    }
    packer.flush();
  }

  /**
   * Compares a page with what is known here: pulls what is newer there, says what is newer here.
   */
  void onDigest(Sender from, Digest digest, Out out) {
    PacketPacker packer = new PacketPacker(from.address(), out);
    Set<NodeId> listed = new LinkedHashSet<>();
    List<Entry> newerHere = new ArrayList<>();
    for (Entry theirs : digest.entries()) {
      listed.add(theirs.owner());
      Entry ours = entry(theirs.owner());
      Verdict verdict = ours == null ? Verdict.ofUnknown(theirs) : Verdict.of(ours, theirs);
      if (verdict.pull) {
        pulls(theirs).forEach(packer::add);
      }
      if (verdict.tell && ours != null) {
        newerHere.add(ours);
      }
      if (verdict.accuse) {
        putToAccused(theirs, from, out);
      }
    }
    if (!digest.answer()) {
      for (Entry ours : entries()) {
        boolean inRange =
            ours.owner().compareTo(digest.after()) > 0
                && ours.owner().compareTo(digest.upTo()) <= 0;
        if (inRange && ours.status().usable() && !listed.contains(ours.owner())) {
          newerHere.add(ours);
        }
      }
      for (int at = 0; at < newerHere.size(); at += Digest.MAX_ENTRIES) {
        int end = Math.min(newerHere.size(), at + Digest.MAX_ENTRIES);
        packer.add(new Digest(true, LOWEST, LOWEST, newerHere.subList(at, end)));
      }
    }
    packer.flush();
  }

  /** Sends what the asker lacks of one owner. */
  void onPull(Sender from, Message.Pull pull, Out out) {
    Peer peer = table.get(pull.owner());
    boolean aboutSelf = pull.owner().equals(self);
    if (!aboutSelf && peer == null) {
      return;
    }
    PacketPacker packer = new PacketPacker(from.address(), out);
    SignedRecord leave = peer == null ? null : peer.leave;
    SignedRecord alive = peer == null ? own.alive() : peer.alive;
    if (leave != null) {
      packer.add(new Message.Statement(leave));
    } else if (alive.version() > pull.incarnation()) {
      packer.add(new Message.Statement(alive));
    }
    Set<Integer> held = new LinkedHashSet<>();
    if (alive.epoch() == (int) (pull.incarnation() >>> 32)) {
      held.addAll(pull.held());
    }
    int left = MAX_RECORDS_PER_PULL;
    for (SignedRecord record : store.of(pull.owner()).byVersion().values()) {
      int version = (int) record.version();
      boolean inRange =
          Integer.compareUnsigned(version, pull.after()) > 0
              && Integer.compareUnsigned(version, pull.upTo()) <= 0;
      if (left > 0 && inRange && !held.contains(version)) {
        packer.add(new Message.Statement(record));
        left--;
      }
    }
    packer.flush();
  }

  /** Asks for all that is known of one owner. */
  List<Message.Pull> pulls(NodeId owner) {
    return pulls(new Entry(owner, 0, Status.ALIVE, 0));
  }

  private List<Message.Pull> pulls(Entry theirs) {
    Entry ours = entry(theirs.owner());
    long incarnation = ours == null ? 0 : ours.incarnation();
    List<Message.Pull> pulls = new ArrayList<>();
    List<Integer> held = new ArrayList<>();
    int after = 0;
    // Of itself a node wants to see all: another life of it may have used the same versions.
    OwnerRecords known = store.of(theirs.owner().equals(self) ? NOBODY : theirs.owner());
    for (long version : known.byVersion().keySet()) {
      held.add((int) version);
      if (held.size() == Message.Pull.MAX_HELD) {
        pulls.add(new Message.Pull(theirs.owner(), incarnation, after, (int) version, held));
        held.clear();
        after = (int) version;
      }
    }
    pulls.add(new Message.Pull(theirs.owner(), incarnation, after, -1, held));
    return pulls;
  }

  private void putToAccused(Entry claim, Sender from, Out out) {
    Peer accused = table.get(claim.owner());
    if (accused != null) {
      Message accusation = new Message.Suspect(claim.owner(), claim.incarnation(), from.id());
      out.send(accused.contact.mesh(), List.of(accusation));
    }
  }

  private List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    boolean selfAdded = false;
    for (Peer peer : table.all().values()) {
      if (!selfAdded && peer.id.compareTo(self) > 0) {
        entries.add(ownEntry());
        selfAdded = true;
      }
      entries.add(entry(peer));
    }
    if (!selfAdded) {
      entries.add(ownEntry());
    }
    return entries;
  }

  private @Nullable Entry entry(NodeId owner) {
    if (owner.equals(self)) {
      return ownEntry();
    }
    Peer peer = table.get(owner);
    if (peer != null) {
      return entry(peer);
    }
    long buried = table.buriedAt(owner);
    return buried < 0 ? null : new Entry(owner, buried, Status.DEAD, 0);
  }

  private Entry entry(Peer peer) {
    return new Entry(peer.id, peer.incarnation(), peer.status, store.of(peer.id).hash());
  }

  private Entry ownEntry() {
    return new Entry(self, own.incarnation(), Status.ALIVE, store.of(self).hash());
  }

  private static NodeId highest() {
    byte[] bytes = new byte[NodeId.BYTES];
    Arrays.fill(bytes, (byte) 0xff);
    return NodeId.of(bytes);
  }

  /** What follows from comparing two entries of one owner. */
  private enum Verdict {
    SAME(false, false, false),
    NEWER_THERE(true, false, false),
    NEWER_HERE(false, true, false),
    RECORDS_DIFFER(true, true, false),
    ACCUSED_THERE(false, false, true);

    final boolean pull;
    final boolean tell;
    final boolean accuse;

    Verdict(boolean pull, boolean tell, boolean accuse) {
      this.pull = pull;
      this.tell = tell;
      this.accuse = accuse;
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
