// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.rhizome.gossip.coordinate.Coordinate;
import io.rhizome.gossip.coordinate.Vivaldi;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Who answers: asks, answers, helps others ask, and accuses who stays silent. SWIM's probes with
 * Lifeguard's extensions; {@link Probes} says when, {@link MemberTable} what follows.
 */
final class FailureDetector {
  /** So many members look for themselves at once when one is accused. */
  private static final int VERIFIERS = 32;

  /** Where more than one in so many is gone, the gone are knocked on more often. */
  private static final int FEW_DEAD = 4;

  /** The nonce of a ping whose answer nobody waits for. */
  private static final long UNAWAITED = 0;

  private final GossipConfig config;
  private final NodeId self;
  private final Random random;
  private final MemberTable table;
  private final Lines lines;
  private final AntiEntropy antiEntropy;
  private final LocalHealth health;
  private final Probes probes;
  private final RelayedProbes relayed;
  private final Doorway doorway;
  private final Vivaldi vivaldi;
  private long nextKnockNanos;

  FailureDetector(
      GossipConfig config,
      NodeId self,
      Random random,
      MemberTable table,
      Lines lines,
      AntiEntropy antiEntropy,
      Doorway doorway,
      long nowNanos) {
    this.config = config;
    this.self = self;
    this.random = random;
    this.table = table;
    this.lines = lines;
    this.antiEntropy = antiEntropy;
    this.doorway = doorway;
    this.vivaldi = new Vivaldi(new Random(random.nextLong()));
    this.health = new LocalHealth(config.lifeguard().worstHealth());
    this.probes = new Probes(config, random, table, health, nowNanos);
    this.relayed = new RelayedProbes(config);
    this.nextKnockNanos = nowNanos + config.deadProbeIntervalNanos();
  }

  /** This node does not keep up, by that many pieces of evidence. */
  void worse(int evidence) {
    health.worse(evidence);
  }

  boolean isUnheard(long now) {
    return probes.isUnheard(now);
  }

  void onTick(long now, Out out) {
    for (RelayedProbes.Relay relay : relayed.unanswered(now)) {
      lines.send(Lines.back(relay.asker(), out), List.of(new Message.Nack(relay.nonce())));
    }
    probes.onTick(now, new Acts(now, out));
    if (doorway.isKeepDue(now)) {
      for (NodeId relay : doorway.relays()) {
        Peer peer = table.get(relay);
        if (peer != null) {
          out.stream(relay, peer.contact.mesh(), List.of(new Message.Ping(UNAWAITED, relay)));
        }
      }
    }
  }

  long nextDeadlineNanos() {
    long next = Math.min(probes.nextDeadlineNanos(), doorway.nextDeadlineNanos());
    next = Math.min(next, nextKnockNanos);
    return relayed.nextDeadlineNanos(next);
  }

  /** Probes that member now. */
  void probe(long now, Peer peer) {
    probes.start(now, peer);
  }

  /** Now and then, a ping to one of the dead, of which no answer is waited for. */
  void knockOnDead(long now, Out out) {
    if (now - nextKnockNanos < 0) {
      return;
    }
    // Many dead at once are the other side of a partition rather than dead.
    boolean many = table.all().size() - table.inUse().size() > table.usableCount() / FEW_DEAD;
    nextKnockNanos = now + (many ? config.probeIntervalNanos() : config.deadProbeIntervalNanos());
    Peer dead = table.sampleDead(random);
    if (dead != null) {
      lines.send(lines.to(now, dead, out), ping(dead, UNAWAITED));
    }
  }

  void onPing(Sender from, Message.Ping ping, PacketPacker answers) {
    if (!ping.target().equals(self)) {
      return;
    }
    if (from.link() == Sender.Link.DATAGRAM) {
      doorway.onPing();
    }
    answers.add(new Message.Ack(ping.nonce(), vivaldi.coordinate()));
    Message objection = table.objection(from.id());
    if (objection != null) {
      answers.add(objection);
    } else if (table.get(from.id()) == null) {
      antiEntropy.pulls(from.id()).forEach(answers::add);
    }
  }

  void onAck(long now, Sender from, Message.Ack ack, Out out) {
    Probe probe = probes.find(ack.nonce());
    if (probe != null) {
      if (from.id().equals(probe.peer.id)) {
        probes.onAnswered(now, probe);
        if (from.link() == Sender.Link.DATAGRAM || probe.pingedOnce()) {
          long sent = probe.sentNanos(ack.nonce());
          onRoundTrip(probe.peer, now - sent, from.link(), ack.coordinate());
        }
        doorway.onAnswer();
        lines.onAnswer(from.link());
        table.onAnswer(now, probe.peer, from.link(), out);
      } else {
        probes.onRelayed(now, probe, from.id());
      }
    }
    RelayedProbes.Relay relay = relayed.end(now, from.id(), ack.nonce());
    if (relay != null) {
      lines.send(
          Lines.back(relay.asker(), out),
          List.of(new Message.Ack(relay.nonce(), vivaldi.coordinate())));
    }
  }

  private void onRoundTrip(Peer peer, long nanos, Sender.Link link, Coordinate theirs) {
    peer.coordinate = theirs;
    if (link == Sender.Link.DATAGRAM) {
      vivaldi.observe(peer.id, theirs, nanos);
    }
    probes.onRoundTrip(nanos);
    table.onRoundTrip(peer, nanos);
  }

  /** Where this node is. */
  Coordinate coordinate() {
    return vivaldi.coordinate();
  }

  void onNack(long now, Sender from, Message.Nack nack) {
    probes.onNack(now, from.id(), nack.nonce());
  }

  void onPingRequest(long now, Sender from, Message.PingRequest request, Out out) {
    Peer target = table.get(request.target());
    if (target != null && target.status != Member.Status.LEFT) {
      long nonce = random.nextLong();
      relayed.begin(now, nonce, from, request.nonce(), target.id);
      lines.send(lines.to(now, target, out), ping(target, nonce));
    }
  }

  void onAccusation(long now, Accusation accusation, Out out) {
    Peer peer = table.get(accusation.target());
    if (table.onAccusation(now, accusation, out)
        && peer != null
        && !peer.link.answeredSince(now - config.probeIntervalNanos())
        && random.nextInt(table.usableCount()) < VERIFIERS) {
      probes.start(now, peer);
    }
  }

  /** A ping that carries what is held against the target, so that it can refute at once. */
  private List<Message> ping(Peer target, long nonce) {
    List<Message> messages = new ArrayList<>();
    messages.add(new Message.Ping(nonce, target.id));
    Message objection = table.objection(target.id);
    if (objection != null) {
      messages.add(objection);
    }
    return messages;
  }

  /** What probes ask for, at one moment. */
  private final class Acts implements Probes.Steps {
    private final long now;
    private final Out out;

    Acts(long now, Out out) {
      this.now = now;
      this.out = out;
    }

    @Override
    public void ask(Probe probe) {
      Peer peer = probe.peer;
      if (!lines.isOpen(now, peer)) {
        askOthers(probe);
        return;
      }
      List<Message> ping = ping(peer, probe.pingNonce());
      lines.send(packet -> out.send(peer.contact.mesh(), packet), ping);
      if (lines.isStreamed(peer) || !peer.contact.relays().isEmpty()) {
        out.stream(peer.id, peer.contact.mesh(), ping);
      }
    }

    @Override
    public void askOthers(Probe probe) {
      Peer peer = probe.peer;
      List<Peer> helpers = new ArrayList<>();
      NodeId last = peer.link.relay();
      List<NodeId> preferred = new ArrayList<>(peer.contact.relays());
      if (last != null && !preferred.contains(last)) {
        preferred.add(last);
      }
      for (NodeId id : preferred) {
        Peer helper = table.get(id);
        if (helper != null && helper.status.usable()) {
          helpers.add(helper);
        }
      }
      if (peer.contact.relays().isEmpty()) {
        Predicate<Peer> other =
            helper -> helper != peer && helper.suspicion == null && !helpers.contains(helper);
        helpers.addAll(lines.partners(now, random, config.indirectProbes(), other));
      }
      Message request = new Message.PingRequest(probe.nonce, peer.id);
      for (Peer helper : helpers) {
        lines.send(lines.to(now, helper, out), List.of(request));
      }
      if (lines.isOpen(now, peer)) {
        List<Message> ping = ping(peer, probe.pingNonce());
        out.send(peer.contact.mesh(), ping);
        if (!probe.isHelped()) {
          out.stream(peer.id, peer.contact.mesh(), ping);
        }
      }
      probe.onAsked(helpers.stream().map(helper -> helper.id).toList());
    }

    @Override
    public void silent(Probe probe) {
      probe.peer.link.onSilence(probe.startedNanos, now);
      table.showReachability(probe.peer, out);
    }

    @Override
    public void relayed(Probe probe) {
      NodeId helper = probe.relayedBy();
      if (helper != null) {
        health.better();
        probe.peer.link.onRelayed(probe.startedNanos, now, helper);
        table.showReachability(probe.peer, out);
      }
    }

    @Override
    public void failed(Probe probe, boolean heard) {
      silent(probe);
      table.accuse(now, probe.peer, heard, out);
    }
  }
}
