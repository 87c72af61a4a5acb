// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Chooses how a packet goes: by datagram as a rule, over a stream to a member that answers over
 * none but streams, or that opened one since it cannot be reached otherwise; and over streams alone
 * once this node finds that no datagram of its own is ever answered.
 */
final class Lines {
  /** A stream in use within that time is taken to be open. */
  private static final long OPEN_NANOS = 30_000_000_000L;

  /** So many answers in a row over streams, and none by datagram: they are blocked. */
  private static final int BLOCKED = 3;

  private final GossipConfig config;
  private final MemberTable table;
  private final News news;
  private int streamAnswers;

  Lines(GossipConfig config, MemberTable table, News news) {
    this.config = config;
    this.table = table;
    this.news = news;
  }

  /** The way to a member now. */
  Line to(long now, Peer peer, Out out) {
    boolean stream = isStreamed(peer) || (hidden(peer) && peer.link.hasStream(now, OPEN_NANOS));
    return stream
        ? packet -> out.stream(peer.id, peer.contact.mesh(), packet)
        : packet -> out.send(peer.contact.mesh(), packet);
  }

  /** The way back to whom a packet came from. */
  static Line back(Sender from, Out out) {
    return from.link() == Sender.Link.STREAM
        ? packet -> out.stream(from.id(), from.address(), packet)
        : packet -> out.send(from.address(), packet);
  }

  /** Whether datagrams to that member are known to be in vain. */
  boolean isStreamed(Peer peer) {
    return streamAnswers >= BLOCKED || peer.link.isStreamed();
  }

  /** Whether packets to that member may arrive: not where it is reached through others alone. */
  boolean isOpen(long now, Peer peer) {
    return !hidden(peer) || peer.link.hasStream(now, OPEN_NANOS);
  }

  /**
   * Members to gossip with, drawn at random: of those that answer this node, if there are any; else
   * of all, since they may hear it all the same.
   *
   * @param fits whom else it must be
   */
  List<Peer> partners(long now, Random random, int count, Predicate<Peer> fits) {
    List<Peer> near =
        table
            .inUse()
            .sample(
                random,
                count,
                peer ->
                    fits.test(peer)
                        && peer.shownReachability.equals(Reachability.DIRECT)
                        && isOpen(now, peer));
    return near.isEmpty()
        ? table.inUse().sample(random, count, peer -> fits.test(peer) && isOpen(now, peer))
        : near;
  }

  private static boolean hidden(Peer peer) {
    return !peer.contact.relays().isEmpty();
  }

  /** A member answered a ping over that link. */
  void onAnswer(Sender.Link how) {
    streamAnswers = how == Sender.Link.STREAM ? Math.min(BLOCKED, streamAnswers + 1) : 0;
  }

  /** Sends these messages and fills the packet with news; nothing where there is neither. */
  void send(Line line, List<Message> messages) {
    PacketPacker packer = new PacketPacker(line);
    messages.forEach(packer::add);
    send(packer);
  }

  /** Sends what is packed and fills the last packet with news. */
  void send(PacketPacker packer) {
    news.push(packer, config.retransmits(table.usableCount()));
    news.announce(packer);
    packer.flush();
  }

  /**
   * Sends what is urgent. Names do not ride along: they go out often enough, and each that is new
   * there costs two packets more.
   */
  void push(Line line) {
    PacketPacker packer = new PacketPacker(line);
    news.push(packer, config.retransmits(table.usableCount()));
    packer.flush();
  }
}
