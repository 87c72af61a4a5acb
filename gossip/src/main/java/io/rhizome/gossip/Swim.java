// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.rhizome.gossip.Member.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Membership of one node as a state machine: SWIM (Das, Gupta, Motivala, 2002) with suspicion,
 * voluntary leave, signed records and anti-entropy. It owns no thread, clock, socket or file: its
 * driver passes time in, calls {@link #onTick} at {@link #nextDeadlineNanos} at the latest, and
 * carries out what it says through {@link Out}.
 *
 * <p>Where what is decided: {@link FailureDetector} who answers, {@link MemberTable} a member's
 * status, {@link PeerLink} how it is reached, {@link OwnRecords} what this node says of itself,
 * {@link Verifier} what others may say, {@link News} what is passed on, {@link AntiEntropy} how
 * losses are repaired, {@link SeedContact} when to ask to be let in, {@link Doorway} how others
 * reach this node. Of these, what is known of others is dropped after a long sleep.
 *
 * <p>Not thread-safe: one thread at a time.
 */
public final class Swim {
  /** Two processes with one key outrank each other for ever; they shall do so slowly. */
  private static final long EPOCH_PAUSE_NANOS = 5_000_000_000L;

  /** Between refutations that nobody asked for. */
  private static final long UNHEARD_NANOS = 3_000_000_000L;

  /** Most members that are asked to let this node in again after a long sleep. */
  private static final int MAX_KNOWN = 16;

  private final NodeId self;
  private final GossipConfig config;
  private final Random random;
  private final RecordAuthority authority;
  private final Tally tally = new Tally();
  private final OwnRecords own;
  private final Verifier verifier;
  private final SeedContact seeds;

  /* What is known of others, and what follows from it: made anew after a long sleep. */
  private News news;
  private MemberTable table;
  private Lines lines;
  private AntiEntropy antiEntropy;
  private Doorway doorway;
  private FailureDetector detector;
  private Rounds rounds;

  private boolean left;
  private boolean alone = true;
  private long ownChanges;
  private long lastOutlivedNanos;
  private long lastEpochNanos;
  private int epochsRaised;
  private long dueNanos;

  /** The alive record that others were told of last. */
  private @Nullable SignedRecord lastWord;

  private @Nullable MembershipView view;
  private long viewedChanges;

  /**
   * A node that knows nobody yet.
   *
   * @param self who
   * @param bootEpoch higher than in any earlier life of this node, at least 1; where it is not,
   *     since a disk was lost or restored, the mesh tells, and this life raises it by itself
   * @param initial what it says of itself; {@link IllegalArgumentException} where that is too large
   * @param authority signs and verifies records
   * @param random decides all that is left to chance
   */
  public Swim(
      long nowNanos,
      NodeId self,
      int bootEpoch,
      NodeState initial,
      GossipConfig config,
      RecordAuthority authority,
      Random random) {
    this.self = self;
    this.config = config;
    this.random = random;
    this.authority = authority;
    this.own = new OwnRecords(self, bootEpoch, initial, authority);
    this.verifier = new Verifier(authority, tally);
    this.seeds = new SeedContact(config, random);
    this.lastOutlivedNanos = nowNanos - config.probeIntervalNanos();
    this.lastEpochNanos = nowNanos - EPOCH_PAUSE_NANOS;
    knowNobody(nowNanos);
    say(own.alive());
    own.announce().forEach(this::say);
  }

  private void knowNobody(long now) {
    news = new News();
    table = new MemberTable(config, self, authority, verifier, news, tally);
    lines = new Lines(config, table, news);
    antiEntropy = new AntiEntropy(self, own, table, random);
    doorway = new Doorway(table, random, now);
    detector = new FailureDetector(config, self, random, table, lines, antiEntropy, doorway, now);
    rounds = new Rounds(config, random, table, lines, news, antiEntropy, now);
    alone = true;
    dueNanos = now;
  }

  /**
   * Starts afresh where this node did not run for as long as others remember the dead: whom and
   * what it knows may be gone since and forgotten, and nobody would tell. Those it knew are seeds
   * now, and it outlives what was said of it meanwhile.
   */
  private void noteSleep(long now, Out out) {
    long late = now - dueNanos;
    if (late < config.forgetAfterNanos()) {
      return;
    }
    List<Peer> known = table.inUse().sample(random, MAX_KNOWN, peer -> true);
    ownChanges += table.changes() + 1;
    knowNobody(now);
    own.said().ascending().forEach(record -> news.say(record, null));
    sayAlive(now, own.reachedThrough(doorway.relays()));
    seeds.joinAgain(now, known.stream().map(peer -> peer.contact.mesh()).toList());
    out.happened(new SwimEvent.StartedAfresh(late));
  }

  /** Seeds to be let in by, tried from the next tick on until there is company, and again later. */
  public void join(long nowNanos, List<Endpoint> seedAddresses) {
    List<Endpoint> others = new ArrayList<>(seedAddresses);
    others.removeIf(own.mesh()::equals);
    seeds.join(nowNanos, others);
  }

  /**
   * Says something new of this node.
   *
   * @throws IllegalArgumentException where the state is too large, naming the part; nothing changes
   */
  public void publish(long nowNanos, NodeState state) {
    own.publish(state).forEach(this::say);
    ownChanges++;
    rounds.say(nowNanos);
  }

  /** Checks what {@link #publish} would refuse; {@link IllegalArgumentException} names the part. */
  public static void check(NodeState state) {
    OwnRecords.check(state);
  }

  /** Says goodbye: to some members at once, to more while ticks follow. Final. */
  public void leave(long nowNanos, Out out) {
    left = true;
    ownChanges++;
    say(own.leave());
    rounds.push(nowNanos, 3 * config.gossipFanout(), out);
  }

  /**
   * Traffic could not reach that member: it is probed now, not when its turn comes, so that the way
   * to it is known again within a second.
   */
  public void doubt(long nowNanos, NodeId id) {
    Peer peer = table.get(id);
    if (!left && peer != null && peer.status.usable()) {
      detector.probe(nowNanos, peer);
    }
  }

  /** Whether {@link #leave} was called and all was said, or nobody is there to hear it. */
  public boolean hasLeft() {
    return left && (!news.isUrgent() || table.usableCount() == 1);
  }

  /** The ids of this node and of those it knows, for what packets carry of them. */
  public Names names() {
    return this::find;
  }

  private @Nullable NodeId find(long prefix) {
    if (prefix == self.prefix()) {
      return self;
    }
    Peer peer = table.get(prefix);
    return peer == null ? null : peer.id;
  }

  /** A packet that was genuine, message by message; all answers to its sender go back together. */
  public void onPacket(long nowNanos, Sender from, List<Message> packet, Out out) {
    if (left || from.id().equals(self)) {
      return;
    }
    noteSleep(nowNanos, out);
    table.onHeard(nowNanos, from);
    PacketPacker answers = new PacketPacker(Lines.back(from, out));
    boolean pinged = false;
    for (Message message : packet) {
      pinged |= message instanceof Message.Ping;
      onMessage(nowNanos, from, message, answers, out);
    }
    if (pinged && !answers.isEmpty()) {
      lines.send(answers);
    } else {
      answers.flush();
    }
  }

  private void onMessage(
      long nowNanos, Sender from, Message message, PacketPacker answers, Out out) {
    if (message instanceof Message.Ping ping) {
      detector.onPing(from, ping, answers);
    } else if (message instanceof Message.Ack ack) {
      detector.onAck(nowNanos, from, ack, out);
    } else if (message instanceof Message.Nack nack) {
      detector.onNack(nowNanos, from, nack);
    } else if (message instanceof Message.PingRequest request) {
      detector.onPingRequest(nowNanos, from, request, out);
    } else if (message instanceof Message.Accuse accuse) {
      onAccusation(nowNanos, accuse.accusation(), answers, out);
    } else if (message instanceof Message.Challenge challenge) {
      onChallenge(nowNanos, challenge, answers, out);
    } else if (message instanceof Message.Statement statement) {
      onStatement(nowNanos, from, statement.record(), answers, out);
    } else if (message instanceof Message.Join join) {
      onJoin(nowNanos, from, join, answers, out);
    } else if (message instanceof Message.Have have) {
      List<Integer> missing = news.announced().onHave(nowNanos, have.records());
      if (!missing.isEmpty()) {
        answers.add(new Message.Want(missing));
      }
    } else if (message instanceof Message.Want want) {
      onWant(want, answers);
    } else if (message instanceof Message.Summary summary) {
      antiEntropy.onSummary(nowNanos, summary, answers);
    } else if (message instanceof Message.Digest digest) {
      onDigest(nowNanos, digest, answers, out);
    } else if (message instanceof Message.Pull pull) {
      antiEntropy.onPull(pull, answers);
    }
  }

  /** Does what is due by now. */
  public void onTick(long nowNanos, Out out) {
    if (nowNanos - dueNanos >= config.probeTimeoutNanos()) {
      detector.worse(1);
    }
    if (!left) {
      noteSleep(nowNanos, out);
      seeds.onTick(nowNanos, table.inUse(), own, out);
      detector.onTick(nowNanos, out);
      table.onTick(nowNanos, accused -> challenge(nowNanos, accused, out), out);
      noteSolitude(nowNanos);
      noteSilence(nowNanos, out);
      if (doorway.onTick(nowNanos)) {
        sayAlive(nowNanos, own.reachedThrough(doorway.relays()));
      }
      detector.knockOnDead(nowNanos, out);
    }
    rounds.onTick(nowNanos, left, out);
    dueNanos = nextDeadlineNanos();
  }

  /** When {@link #onTick} must be called at the latest, unless a message comes before. */
  public long nextDeadlineNanos() {
    long next = rounds.nextDeadlineNanos(left);
    if (left) {
      return next;
    }
    next = Math.min(next, Math.min(detector.nextDeadlineNanos(), seeds.nextDeadlineNanos()));
    return table.nextDeadlineNanos(next);
  }

  /** The membership as of now; the same object until something changes. */
  public MembershipView view() {
    long changes = table.changes() + ownChanges;
    MembershipView current = view;
    if (current == null || viewedChanges != changes) {
      current = buildView(changes);
      view = current;
      viewedChanges = changes;
    }
    return current;
  }

  /** The status of another member now, without making a view; empty where it is not known. */
  public Optional<Status> status(NodeId id) {
    Peer peer = table.get(id);
    return peer == null ? Optional.empty() : Optional.of(peer.status);
  }

  /** The newest incarnation of another member known here, without making a view; 0 for none. */
  public long incarnation(NodeId id) {
    Peer peer = table.get(id);
    return peer == null ? 0 : peer.incarnation();
  }

  /** Whether another member answers this node now, without making a view. */
  public Reachability reachability(NodeId id) {
    Peer peer = table.get(id);
    return peer == null || !peer.status.usable() ? Reachability.NONE : peer.shownReachability;
  }

  /** Counts since the start. */
  public SwimCounters counters() {
    return tally.snapshot();
  }

  private void onDigest(long now, Message.Digest digest, PacketPacker answers, Out out) {
    for (Message.Digest.Entry entry : digest.entries()) {
      if (entry.owner() == self.prefix() && entry.status().compareTo(Status.ALIVE) > 0) {
        refute(now, entry.incarnation(), answers, out);
      }
    }
    int unknown =
        antiEntropy.onDigest(now, digest, answers, accused -> challenge(now, accused, out));
    if (unknown > 0) {
      rounds.syncSoon(now);
    }
  }

  private void challenge(long now, Peer accused, Out out) {
    lines
        .to(now, accused, out)
        .send(List.of(new Message.Challenge(accused.id, accused.incarnation())));
  }

  private void onAccusation(long now, Accusation accusation, PacketPacker answers, Out out) {
    if (accusation.target().equals(self)) {
      refute(now, accusation.incarnation(), answers, out);
      return;
    }
    Peer peer = table.get(accusation.target());
    if (peer != null && accusation.incarnation() > peer.incarnation()) {
      // Who accuses an incarnation has seen its alive record, which is still missing here.
      antiEntropy.pulls(peer.id).forEach(answers::add);
    } else {
      detector.onAccusation(now, accusation, out);
    }
  }

  private void onChallenge(long now, Message.Challenge challenge, PacketPacker answers, Out out) {
    if (challenge.target().equals(self)) {
      refute(now, challenge.incarnation(), answers, out);
    }
  }

  /** An accusation of an incarnation not yet reached must not push this node on. */
  private void refute(long now, long accused, PacketPacker answers, Out out) {
    if (accused == own.incarnation()) {
      // Each costs every member a verification: an accuser in a hurry is answered no faster.
      if (now - lastOutlivedNanos < config.probeIntervalNanos()) {
        return;
      }
      tally.refutations++;
      detector.worse(1);
      doorway.onRefuted();
      outlive(now, out);
      answers.add(new Message.Statement(own.alive()));
    } else if (accused < own.incarnation()) {
      answers.add(new Message.Statement(own.alive()));
    }
  }

  private void outlive(long now, Out out) {
    lastOutlivedNanos = now;
    sayAlive(now, own.outlive(own.incarnation()));
    out.happened(new SwimEvent.Refuted(own.incarnation()));
  }

  private void sayAlive(long now, SignedRecord alive) {
    say(alive);
    ownChanges++;
    rounds.hurry(now);
  }

  /**
   * Nobody answers, so accusations are on their way and may not arrive, while what this node says
   * may well be heard: it outlives them unasked.
   */
  private void noteSilence(long now, Out out) {
    if (detector.isUnheard(now)
        && table.usableCount() > 2
        && now - lastOutlivedNanos >= UNHEARD_NANOS) {
      outlive(now, out);
    }
  }

  private void onWant(Message.Want want, PacketPacker answers) {
    for (int id : want.records()) {
      SignedRecord record = news.announced().get(id);
      if (record != null) {
        answers.add(new Message.Statement(record));
      }
    }
  }

  private void onStatement(
      long now, Sender from, SignedRecord record, PacketPacker answers, Out out) {
    if (record.owner().equals(self)) {
      onOwnRecord(now, record, out);
      return;
    }
    if (record.owner().equals(from.id())) {
      news.announced().onFirstHand(now, record);
    }
    switch (record.key().kind()) {
      case ALIVE -> onAlive(now, from, record, answers, out);
      case LEAVE -> table.onLeave(now, record, out);
      case LABELS, MODEL -> table.onRecord(record);
    }
  }

  private void onOwnRecord(long now, SignedRecord record, Out out) {
    if (now - lastEpochNanos < EPOCH_PAUSE_NANOS
        || !own.isForeign(record)
        || !verifier.isGenuine(record)) {
      return;
    }
    lastEpochNanos = now;
    epochsRaised++;
    List<SignedRecord> anew = own.startEpochAbove(record.epoch());
    anew.forEach(this::say);
    ownChanges++;
    rounds.hurry(now);
    out.happened(new SwimEvent.EpochRaised(own.epoch(), epochsRaised));
  }

  private void onAlive(long now, Sender from, SignedRecord record, PacketPacker answers, Out out) {
    Peer before = table.get(record.owner());
    boolean wasGone = before != null && !before.status.usable();
    Message objection = table.onAlive(now, record, out);
    if (objection != null) {
      answers.add(objection);
    } else if (wasGone && isUsable(record.owner()) && from.id().equals(record.owner())) {
      answers.add(antiEntropy.summary());
    }
    noteSolitude(now);
  }

  private void onJoin(long now, Sender from, Message.Join join, PacketPacker answers, Out out) {
    if (join.alive().key().kind() != RecordKey.Kind.ALIVE
        || !join.alive().owner().equals(from.id())) {
      return;
    }
    onStatement(now, from, join.alive(), answers, out);
    if (isUsable(from.id())) {
      answers.add(new Message.Statement(own.alive()));
      if (antiEntropy.admits(now)) {
        antiEntropy.sendDigests(answers);
      }
    }
  }

  private void noteSolitude(long now) {
    boolean nowAlone = table.usableCount() == 1;
    if (nowAlone && !alone) {
      seeds.onAlone(now);
    }
    alone = nowAlone;
  }

  private void say(SignedRecord record) {
    SignedRecord replaced =
        switch (record.key().kind()) {
          case LABELS, MODEL -> own.said().put(record);
          case ALIVE, LEAVE -> lastWord;
        };
    if (record.key().kind() == RecordKey.Kind.ALIVE) {
      lastWord = record;
    }
    news.say(record, replaced);
  }

  private boolean isUsable(NodeId id) {
    Peer peer = table.get(id);
    return peer != null && peer.status.usable();
  }

  private MembershipView buildView(long version) {
    SortedMap<NodeId, Member> members = new TreeMap<>();
    members.put(self, own.member(left, detector.coordinate()));
    for (Peer peer : table.all().ordered()) {
      members.put(peer.id, peer.member());
    }
    return new MembershipView(self, version, members);
  }
}
