// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.rhizome.gossip.coordinate.Coordinate;
import java.util.List;

/**
 * What members say to each other. Several messages travel in one packet; a message never spans two.
 * Members that the receiver must know already are named by {@link NodeId#prefix()}.
 */
public sealed interface Message {
  /** Most bytes of messages in one packet: 1,200 less the seal's header and tag. */
  int PACKET_BYTES = 1125;

  /** Size on the wire in bytes, the type included. */
  int bytes();

  /**
   * Are you there? Answered with {@link Ack}.
   *
   * @param nonce echoed in the answer; drawn at random, so that only who got the ping can answer
   * @param target whom the sender means: an address may have changed hands
   */
  record Ping(long nonce, NodeId target) implements Message {
    @Override
    public int bytes() {
      return 1 + 8 + 8;
    }
  }

  /**
   * The answer to {@link Ping} and, through the helper, to {@link PingRequest}.
   *
   * @param nonce of the question
   * @param coordinate where the sender is
   */
  record Ack(long nonce, Coordinate coordinate) implements Message {
    /** The answer of one that has measured nothing yet. */
    public Ack(long nonce) {
      this(nonce, Coordinate.ORIGIN);
    }

    @Override
    public int bytes() {
      return 1 + 8 + Coordinate.BYTES;
    }
  }

  /**
   * Ping that member for me and pass its answer on.
   *
   * @param nonce echoed in the answer
   * @param target whom to ping
   */
  record PingRequest(long nonce, NodeId target) implements Message {
    @Override
    public int bytes() {
      return 1 + 8 + 8;
    }
  }

  /**
   * I pinged that member for you and have no answer so far.
   *
   * @param nonce of the {@link PingRequest}
   */
  record Nack(long nonce) implements Message {
    @Override
    public int bytes() {
      return 1 + 8;
    }
  }

  /** That member did not answer. */
  record Accuse(Accusation accusation) implements Message {
    @Override
    public int bytes() {
      return 1
          + 8
          + VarInt.versionBytes(accusation.incarnation())
          + 8
          + 1
          + accusation.signature().size();
    }
  }

  /**
   * Somebody holds that incarnation of you against you: outlive it. Said to the accused itself and
   * to nobody else, so it proves nothing and needs no signature.
   *
   * @param target the accused
   * @param incarnation of the accused
   */
  record Challenge(NodeId target, long incarnation) implements Message {
    @Override
    public int bytes() {
      return 1 + 8 + VarInt.versionBytes(incarnation);
    }
  }

  /** Something that its owner says of itself. */
  record Statement(SignedRecord record) implements Message {
    @Override
    public int bytes() {
      return 1 + record.bytes();
    }
  }

  /**
   * Let me in. Answered with {@link Digest}s.
   *
   * @param alive the joiner's alive record
   */
  record Join(SignedRecord alive) implements Message {
    @Override
    public int bytes() {
      return 1 + alive.bytes();
    }
  }

  /**
   * I hold these records, which are news.
   *
   * @param records the {@link SignedRecord#id()} of each, 1 to {@link #MAX_RECORDS}
   */
  record Have(List<Integer> records) implements Message {
    static final int HEADER_BYTES = 1 + 1;

    /** Most records in one message. */
    public static final int MAX_RECORDS = 255;

    public Have {
      records = List.copyOf(records);
    }

    @Override
    public int bytes() {
      return HEADER_BYTES + 4 * records.size();
    }
  }

  /**
   * Send me these records.
   *
   * @param records the {@link SignedRecord#id()} of each, 1 to {@link Have#MAX_RECORDS}
   */
  record Want(List<Integer> records) implements Message {
    public Want {
      records = List.copyOf(records);
    }

    @Override
    public int bytes() {
      return Have.HEADER_BYTES + 4 * records.size();
    }
  }

  /**
   * What the sender knows, in a few bytes: the owners, ordered by {@link NodeId#prefix()}, fall
   * into 2^k ranges of equal width. Answered with {@link Digest}s of ranges that differ.
   *
   * @param hashes one for each range, 1 to {@link #MAX_RANGES}, a power of two
   */
  record Summary(List<Integer> hashes) implements Message {
    /** Most ranges. */
    public static final int MAX_RANGES = 256;

    public Summary {
      hashes = List.copyOf(hashes);
      if (Integer.bitCount(hashes.size()) != 1 || hashes.size() > MAX_RANGES) {
        throw new IllegalArgumentException(
            "a summary has 1, 2, 4 .. 256 ranges, not " + hashes.size());
      }
    }

    @Override
    public int bytes() {
      return 1 + 1 + 4 * hashes.size();
    }
  }

  /**
   * One page of what the sender knows. The receiver pulls what is newer there and, unless this is
   * an answer, answers with a page of what is newer here. Owners are named and ordered by {@link
   * NodeId#prefix()}, unsigned.
   *
   * @param answer whether this answers a digest: then only the entries count, not the range
   * @param after the page covers owners above this one
   * @param upTo and up to this one, which is included
   * @param entries the owners in that range whom the sender knows
   */
  record Digest(boolean answer, long after, long upTo, List<Entry> entries) implements Message {
    static final int HEADER_BYTES = 1 + 1 + 2 * 8 + 1;

    /** Most entries in one message. */
    public static final int MAX_ENTRIES = (PACKET_BYTES - HEADER_BYTES) / Entry.BYTES;

    public Digest {
      entries = List.copyOf(entries);
    }

    @Override
    public int bytes() {
      return HEADER_BYTES + entries.size() * Entry.BYTES;
    }

    /**
     * What the sender knows of one owner.
     *
     * @param owner who
     * @param incarnation the newest seen
     * @param status what the sender thinks of it: a claim, never proof
     * @param recordsHash equal hashes, equal sets of labels and model records
     */
    public record Entry(long owner, long incarnation, Member.Status status, int recordsHash) {
      static final int BYTES = 8 + 8 + 1 + 4;
    }
  }

  /**
   * Send me what you hold of this owner and I do not.
   *
   * @param owner whose records
   * @param incarnation the newest that the sender knows of the owner; 0 where it knows none
   * @param after only records whose version, without its epoch, is above this
   * @param upTo and at most this
   * @param held the versions in that range, without their epoch, that the sender holds
   */
  record Pull(long owner, long incarnation, int after, int upTo, List<Integer> held)
      implements Message {
    static final int HEADER_BYTES = 1 + 8 + 8 + 4 + 4 + 2;

    /** Most versions in one message. */
    public static final int MAX_HELD = (PACKET_BYTES - HEADER_BYTES) / 4;

    public Pull {
      held = List.copyOf(held);
    }

    @Override
    public int bytes() {
      return HEADER_BYTES + held.size() * 4;
    }
  }
}
