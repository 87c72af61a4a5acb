// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.rhizome.gossip.Member.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Membership of one node as a state machine: SWIM (Das, Gupta, Motivala, 2002) with suspicion,
 * voluntary leave, signed records and anti-entropy. It owns no thread, clock, socket or file: its
 * driver passes time in, calls {@link #onTick} at {@link #nextDeadlineNanos} at the latest, and
 * carries out what it says through {@link Out}.
 *
 * <p>Where what is decided: {@link MemberTable} a member's status, {@link ProbeRound} whom to probe
 * when, {@link OwnRecords} what this node says of itself, {@link NodeStateStore} what others said,
 * {@link BroadcastQueue} what is passed on, {@link AntiEntropy} how losses are repaired, {@link
 * SeedContact} when to ask to be let in.
 *
 * <p>Not thread-safe: one thread at a time.
 */
public final class Swim {
  private static final int QUEUE_CAPACITY = 4_096;

  /** Two processes with one key outrank each other for ever; they shall do so slowly. */
  private static final long EPOCH_PAUSE_NANOS = 5_000_000_000L;

  /** The sequence number of a ping whose ack nobody waits for. */
  private static final int UNTRACKED = 0;

  private static final Set<Status> USABLE =
      Collections.unmodifiableSet(EnumSet.of(Status.ALIVE, Status.SUSPECT));

  private final NodeId self;
  private final GossipConfig config;
  private final Random random;
  private final Tally tally = new Tally();
  private final BroadcastQueue queue = new BroadcastQueue(QUEUE_CAPACITY);
  private final OwnRecords own;
  private final NodeStateStore store;
  private final MemberTable table;
  private final AntiEntropy antiEntropy;
  private final SeedContact seeds;
  private final LocalHealth health;
  private final ProbeRound probes;
  private final RelayedProbes relays;
  private boolean left;
  private boolean alone = true;
  private long ownChanges;
  private long lastOutlivedNanos;
  private long lastEpochNanos;
  private int epochsRaised;
  private long dueNanos;
  private long nextGossipNanos;
  private long nextSyncNanos;
  private long nextDeadProbeNanos;
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
    this.own = new OwnRecords(self, bootEpoch, initial, authority);
    this.store = new NodeStateStore(authority, tally);
    this.table = new MemberTable(config, self, store, queue, tally);
    this.antiEntropy = new AntiEntropy(self, own, table, store);
    this.seeds = new SeedContact(config, random);
    this.relays = new RelayedProbes(config, random.nextInt());
    this.health = new LocalHealth(config.lifeguard().worstHealth());
    this.probes =
        new ProbeRound(
            config,
            random,
            () -> table.in(USABLE).stream().map(p -> p.id).toList(),
            this::isUsable,
            health,
            nowNanos);
    this.nextGossipNanos = nowNanos + random.nextLong(config.gossipIntervalNanos());
    this.nextSyncNanos = nowNanos + random.nextLong(config.syncIntervalNanos());
    this.nextDeadProbeNanos = nowNanos + config.deadProbeIntervalNanos();
    this.lastOutlivedNanos = nowNanos - config.gossipIntervalNanos();
    this.lastEpochNanos = nowNanos - EPOCH_PAUSE_NANOS;
    this.dueNanos = nowNanos;
    store.startEpoch(self);
    queue.addRecord(own.alive());
    own.announce().forEach(this::say);
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
    nextGossipNanos = Math.min(nextGossipNanos, nowNanos);
  }

  /** Checks what {@link #publish} would refuse; {@link IllegalArgumentException} names the part. */
  public static void check(NodeState state) {
    OwnRecords.check(state);
  }

  /** Says goodbye: to some members at once, to more while ticks follow. Final. */
  public void leave(long nowNanos, Out out) {
    left = true;
    ownChanges++;
    queue.addRecord(own.leave());
    for (Peer peer : sample(table.in(USABLE), 3 * config.gossipFanout())) {
      send(peer.contact.mesh(), List.of(), out);
    }
    nextGossipNanos = nowNanos + config.gossipIntervalNanos();
  }

  /** Whether {@link #leave} was called and all was said, or nobody is there to hear it. */
  public boolean hasLeft() {
    return left && (queue.isEmpty() || table.usableCount() == 1);
  }

  /** One message of a packet that was genuine. */
  public void onMessage(long nowNanos, Sender from, Message message, Out out) {
    if (left || from.id().equals(self)) {
      return;
    }
    if (message instanceof Message.Ping ping) {
      onPing(from, ping, out);
    } else if (message instanceof Message.Ack ack) {
      onAck(nowNanos, from, ack, out);
    } else if (message instanceof Message.Nack nack) {
      probes.onNack(from.id(), nack.sequence());
    } else if (message instanceof Message.PingRequest request) {
      onPingRequest(nowNanos, from, request, out);
    } else if (message instanceof Message.Suspect suspect) {
      onSuspect(nowNanos, from, suspect, out);
    } else if (message instanceof Message.Dead dead) {
      onDead(nowNanos, from, dead, out);
    } else if (message instanceof Message.Statement statement) {
      onStatement(nowNanos, from, statement.record(), out);
    } else if (message instanceof Message.Join join) {
      onJoin(nowNanos, from, join, out);
    } else if (message instanceof Message.Digest digest) {
      onDigest(nowNanos, from, digest, out);
    } else if (message instanceof Message.Pull pull) {
      antiEntropy.onPull(from, pull, out);
    }
  }

  /** Does what is due by now. */
  public void onTick(long nowNanos, Out out) {
    if (nowNanos - dueNanos >= config.probeTimeoutNanos()) {
      health.worse(1);
    }
    if (!left) {
      contactSeeds(nowNanos, out);
      for (RelayedProbes.Relay relay : relays.unanswered(nowNanos)) {
        send(relay.asker(), List.of(new Message.Nack(relay.sequence())), out);
      }
      probe(nowNanos, out);
      table.onTick(nowNanos, out);
      noteSolitude(nowNanos);
      sync(nowNanos, out);
      knockOnDead(nowNanos, out);
    }
    gossip(nowNanos, out);
    dueNanos = nextDeadlineNanos();
  }

  /** When {@link #onTick} must be called at the latest, unless a message comes before. */
  public long nextDeadlineNanos() {
    if (left) {
      return nextGossipNanos;
    }
    long next = Math.min(nextSyncNanos, Math.min(nextGossipNanos, nextDeadProbeNanos));
    next = Math.min(next, Math.min(probes.nextDeadlineNanos(), seeds.nextDeadlineNanos()));
    return relays.nextDeadlineNanos(table.nextDeadlineNanos(next));
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

  /** Whether another member answers this node now, without making a view. */
  public Reachability reachability(NodeId id) {
    return table.get(id) == null ? Reachability.NONE : Reachability.DIRECT;
  }

  /** Counts since the start. */
  public SwimCounters counters() {
    return tally.snapshot();
  }

  private void onDigest(long now, Sender from, Message.Digest digest, Out out) {
    for (Message.Digest.Entry entry : digest.entries()) {
      if (entry.owner().equals(self) && entry.status().compareTo(Status.ALIVE) > 0) {
        refute(now, from, entry.incarnation(), out);
      }
    }
    antiEntropy.onDigest(from, digest, out);
  }

  private void onPing(Sender from, Message.Ping ping, Out out) {
    if (!ping.target().equals(self)) {
      return;
    }
    List<Message> answer = new ArrayList<>();
    answer.add(new Message.Ack(ping.sequence()));
    Message accusation = table.accusation(from.id());
    if (accusation != null) {
      answer.add(accusation);
    } else if (table.get(from.id()) == null) {
      answer.addAll(antiEntropy.pulls(from.id()));
    }
    send(from.address(), answer, out);
  }

  private void onAck(long now, Sender from, Message.Ack ack, Out out) {
    probes
        .onAck(now, from.id(), ack.sequence())
        .ifPresent(nanos -> table.onRoundTrip(from.id(), nanos));
    RelayedProbes.Relay relay = relays.end(now, from.id(), ack.sequence());
    if (relay != null) {
      send(relay.asker(), List.of(new Message.Ack(relay.sequence())), out);
    }
  }

  private void onPingRequest(long now, Sender from, Message.PingRequest request, Out out) {
    Peer target = table.get(request.target());
    if (target != null && target.status != Status.LEFT) {
      int sequence = relays.begin(now, from.address(), request.sequence(), target.id);
      ping(target, sequence, out);
    }
  }

  private void onSuspect(long now, Sender from, Message.Suspect suspect, Out out) {
    if (suspect.target().equals(self)) {
      refute(now, from, suspect.incarnation(), out);
    } else {
      pullIfNewer(from, suspect.target(), suspect.incarnation(), out);
      table.onSuspect(now, suspect.target(), suspect.incarnation(), suspect.accuser(), out);
    }
  }

  private void onDead(long now, Sender from, Message.Dead dead, Out out) {
    if (dead.target().equals(self)) {
      refute(now, from, dead.incarnation(), out);
    } else {
      pullIfNewer(from, dead.target(), dead.incarnation(), out);
      table.onDead(now, dead.target(), dead.incarnation(), dead.accuser(), out);
    }
  }

  /**
   * Accusations are not signed: one of an incarnation not yet reached must not push this node on.
   */
  private void refute(long now, Sender from, long accused, Out out) {
    if (accused == own.incarnation()) {
      outlive(now, accused, out);
    }
    if (accused >>> 32 == own.incarnation() >>> 32 && accused < own.incarnation()) {
      out.send(from.address(), List.of(new Message.Statement(own.alive())));
    }
  }

  /** Who accuses an incarnation has seen its alive record, which is still missing here. */
  private void pullIfNewer(Sender from, NodeId target, long incarnation, Out out) {
    Peer peer = table.get(target);
    if (peer != null && incarnation > peer.incarnation()) {
      PacketPacker packer = new PacketPacker(from.address(), out);
      antiEntropy.pulls(target).forEach(packer::add);
      packer.flush();
    }
  }

  private void outlive(long now, long incarnation, Out out) {
    // Each costs every member a verification: an accuser in a hurry is answered no faster.
    if (now - lastOutlivedNanos < config.gossipIntervalNanos()) {
      return;
    }
    lastOutlivedNanos = now;
    queue.addRecord(own.outlive(incarnation));
    tally.refutations++;
    health.worse(1);
    ownChanges++;
    nextGossipNanos = Math.min(nextGossipNanos, now);
    out.happened(new SwimEvent.Refuted(own.incarnation()));
  }

  private void onStatement(long now, Sender from, SignedRecord record, Out out) {
    if (record.owner().equals(self)) {
      onOwnRecord(now, record, out);
      return;
    }
    switch (record.key().kind()) {
      case ALIVE -> onAlive(now, from, record, out);
      case LEAVE -> table.onLeave(now, record, out);
      case LABELS, MODEL -> table.onRecord(record);
    }
  }

  private void onOwnRecord(long now, SignedRecord record, Out out) {
    if (now - lastEpochNanos < EPOCH_PAUSE_NANOS
        || !own.isForeign(record, store.of(self))
        || !store.isGenuine(record)) {
      return;
    }
    lastEpochNanos = now;
    epochsRaised++;
    List<SignedRecord> anew = own.startEpochAbove(record.epoch());
    store.startEpoch(self);
    anew.forEach(this::say);
    ownChanges++;
    nextGossipNanos = Math.min(nextGossipNanos, now);
    out.happened(new SwimEvent.EpochRaised(own.epoch(), epochsRaised));
  }

  private void onAlive(long now, Sender from, SignedRecord record, Out out) {
    Peer before = table.get(record.owner());
    boolean wasGone = before != null && !before.status.usable();
    Message objection = table.onAlive(now, record, out);
    if (objection != null) {
      out.send(from.address(), List.of(objection));
    } else if (wasGone && isUsable(record.owner()) && from.id().equals(record.owner())) {
      antiEntropy.sendDigest(from.address(), out);
    }
    noteSolitude(now);
  }

  private void onJoin(long now, Sender from, Message.Join join, Out out) {
    if (join.alive().key().kind() != RecordKey.Kind.ALIVE
        || !join.alive().owner().equals(from.id())) {
      return;
    }
    onAlive(now, from, join.alive(), out);
    if (isUsable(from.id())) {
      antiEntropy.sendDigest(from.address(), out);
    }
  }

  private void contactSeeds(long now, Out out) {
    if (!seeds.isDue(now)) {
      return;
    }
    List<Endpoint> inUse = table.in(USABLE).stream().map(peer -> peer.contact.mesh()).toList();
    SeedContact.Attempt attempt = seeds.attempt(now, inUse);
    if (attempt.nobodyAnswered()) {
      out.happened(new SwimEvent.NoSeedReachable(attempt.seeds(), attempt.retryNanos()));
    }
    for (Endpoint seed : attempt.seeds()) {
      out.send(seed, List.of(new Message.Join(own.alive())));
    }
  }

  private void noteSolitude(long now) {
    boolean nowAlone = table.usableCount() == 1;
    if (nowAlone && !alone) {
      seeds.onAlone(now);
    }
    alone = nowAlone;
  }

  private void probe(long now, Out out) {
    for (ProbeRound.Step step = probes.next(now); step != null; step = probes.next(now)) {
      if (step instanceof ProbeRound.Step.Ask ask) {
        Peer target = table.get(ask.target());
        if (target != null) {
          ping(target, ask.sequence(), out);
        }
      } else if (step instanceof ProbeRound.Step.AskOthers ask) {
        Message request = new Message.PingRequest(ask.sequence(), ask.target());
        List<Peer> helpers = table.in(EnumSet.of(Status.ALIVE));
        helpers.removeIf(peer -> peer.id.equals(ask.target()));
        List<Peer> asked = sample(helpers, config.indirectProbes());
        for (Peer helper : asked) {
          send(helper.contact.mesh(), List.of(request), out);
        }
        probes.onAsked(asked.stream().map(helper -> helper.id).toList());
      } else if (step instanceof ProbeRound.Step.Failed failed) {
        Peer target = table.get(failed.target());
        if (target != null) {
          table.onSuspect(now, target.id, target.incarnation(), self, out);
        }
      }
    }
  }

  /** A ping that carries what is held against the target, so that it can refute at once. */
  private void ping(Peer target, int sequence, Out out) {
    List<Message> messages = new ArrayList<>();
    messages.add(new Message.Ping(sequence, target.id));
    Message accusation = table.accusation(target.id);
    if (accusation != null) {
      messages.add(accusation);
    }
    send(target.contact.mesh(), messages, out);
  }

  private void sync(long now, Out out) {
    if (now - nextSyncNanos >= 0) {
      nextSyncNanos = now + config.syncIntervalNanos();
      for (Peer partner : sample(table.in(USABLE), 1)) {
        antiEntropy.sendDigest(partner.contact.mesh(), out);
      }
    }
  }

  private void knockOnDead(long now, Out out) {
    if (now - nextDeadProbeNanos >= 0) {
      nextDeadProbeNanos = now + config.deadProbeIntervalNanos();
      for (Peer dead : sample(table.in(EnumSet.of(Status.DEAD)), 1)) {
        ping(dead, UNTRACKED, out);
      }
    }
  }

  private void gossip(long now, Out out) {
    if (now - nextGossipNanos < 0) {
      return;
    }
    nextGossipNanos = now + config.gossipIntervalNanos();
    if (!queue.isEmpty()) {
      for (Peer peer : sample(table.in(USABLE), config.gossipFanout())) {
        send(peer.contact.mesh(), List.of(), out);
      }
    }
  }

  /** Sends these messages and fills the packet with news. */
  private void send(Endpoint to, List<Message> messages, Out out) {
    List<Message> packet = new ArrayList<>(messages);
    int room = Message.PACKET_BYTES - messages.stream().mapToInt(Message::bytes).sum();
    packet.addAll(queue.take(room, config.retransmits(table.usableCount())));
    if (!packet.isEmpty()) {
      out.send(to, packet);
    }
  }

  private void say(SignedRecord record) {
    if (record.key().kind() != RecordKey.Kind.ALIVE) {
      store.putOwn(record);
    }
    queue.addRecord(record);
  }

  private boolean isUsable(NodeId id) {
    Peer peer = table.get(id);
    return peer != null && peer.status.usable();
  }

  private List<Peer> sample(List<Peer> from, int count) {
    Collections.shuffle(from, random);
    return from.subList(0, Math.min(count, from.size()));
  }

  private MembershipView buildView(long version) {
    SortedMap<NodeId, Member> members = new TreeMap<>();
    Status status = left ? Status.LEFT : Status.ALIVE;
    NodeState ownState = store.state(self, own.contact());
    members.put(self, new Member(self, status, own.incarnation(), ownState, 0));
    for (Peer peer : table.all().values()) {
      NodeState state = store.state(peer.id, peer.contact);
      members.put(
          peer.id, new Member(peer.id, peer.status, peer.incarnation(), state, peer.rttNanos));
    }
    return new MembershipView(self, version, members);
  }
}
