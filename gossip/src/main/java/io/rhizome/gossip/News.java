// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What this node has to tell others, in two lanes: what must be quick, which is whether a member is
 * there, is pushed as often as it takes ({@link BroadcastQueue}); what must be cheap, which is all
 * else that members say of themselves, is announced and fetched ({@link Rumours}).
 *
 * <p>What one change costs in a mesh of N: pushed, {@code retransmits} times its size at each
 * member, some 16 x 90 bytes at N = 1,000; announced, its size plus its name {@value
 * Rumours#ANNOUNCEMENTS} times, sent and received, whatever N. With c changes by each node and
 * second, of b bytes, a node sends and receives together about
 *
 * <pre>
 * 2 (N c (b + 36) + w) + p   bytes per second
 * </pre>
 *
 * where w is what wants and the packets of their answers add, 340 bytes where something is new in
 * each probe and less where it is not, and p what probes cost when nothing changes, 0.6 kB/s at any
 * N. With N = 1,000, c = 1/60 and b = 115 that is 6.4 kB/s; 6.5 were measured.
 */
final class News {
  private static final int QUEUE_CAPACITY = 4_096;

  /** While no more is to be pushed, those that start are told of in this lane too. */
  private static final int FEW = 8;

  private final BroadcastQueue pushed = new BroadcastQueue(QUEUE_CAPACITY);
  private final Rumours announced = new Rumours();

  void add(Accusation accusation) {
    pushed.add(accusation);
  }

  /**
   * Tells of something that this node says of itself.
   *
   * @param replaced the older record about the same, if there was one: no news any more
   */
  void say(SignedRecord record, @Nullable SignedRecord replaced) {
    tell(record, replaced, announced::add);
  }

  /**
   * Passes on something that another member says of itself, if that is news to more than this node.
   *
   * @param replaced the older record about the same, if there was one: no news any more
   */
  void pass(SignedRecord record, @Nullable SignedRecord replaced) {
    tell(record, replaced, announced::learn);
  }

  private void tell(
      SignedRecord record, @Nullable SignedRecord replaced, Consumer<SignedRecord> announce) {
    if (replaced != null) {
      announced.end(replaced);
    }
    if (record.key().equals(RecordKey.ALIVE)) {
      pushed.endAccusations(record.owner());
    }
    if (isUrgent(record)) {
      pushed.add(record);
    } else {
      announce.accept(record);
    }
  }

  /** Refutations and goodbyes, and the first words of a life, unless many come at once. */
  private boolean isUrgent(SignedRecord record) {
    return switch (record.key().kind()) {
      case LEAVE -> true;
      case ALIVE -> (int) record.version() != 0 || pushed.size() < FEW;
      case LABELS, MODEL -> false;
    };
  }

  /**
   * Adds what is pushed to the rest of a packet, counted as told.
   *
   * @param limit how often each is sent before it is dropped
   */
  void push(PacketPacker packer, int limit) {
    pushed.take(packer.room(), limit).forEach(packer::add);
  }

  /** Adds names to the rest of a packet, counted as told. */
  void announce(PacketPacker packer) {
    List<Integer> names = announced.announce((packer.room() - Message.Have.HEADER_BYTES) / 4);
    if (!names.isEmpty()) {
      packer.add(new Message.Have(names));
    }
  }

  Rumours announced() {
    return announced;
  }

  /** Whether something is still to be pushed. */
  boolean isUrgent() {
    return !pushed.isEmpty();
  }
}
