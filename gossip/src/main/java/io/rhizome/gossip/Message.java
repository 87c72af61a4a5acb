// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.List;

/**
 * What members say to each other. Several messages travel in one packet; a message never spans two.
 */
public sealed interface Message {
  /** Most bytes of messages in one packet: 1,200 less the seal's header and tag. */
  int PACKET_BYTES = 1125;

  /** Size on the wire in bytes, the type included. */
  int bytes();

  /**
   * Are you there? Answered with {@link Ack}.
   *
   * @param sequence echoed in the answer
   * @param target whom the sender means: an address may have changed hands
   */
  record Ping(int sequence, NodeId target) implements Message {
    @Override
    public int bytes() {
      return 1 + 4 + NodeId.BYTES;
    }
  }

  /**
   * The answer to {@link Ping} and, through the helper, to {@link PingRequest}.
   *
   * @param sequence of the question
   */
  record Ack(int sequence) implements Message {
    @Override
    public int bytes() {
      return 1 + 4;
    }
  }

  /**
   * Ping that member for me and pass its answer on.
   *
   * @param sequence echoed in the answer
   * @param target whom to ping
   */
  record PingRequest(int sequence, NodeId target) implements Message {
    @Override
    public int bytes() {
      return 1 + 4 + NodeId.BYTES;
    }
  }

  /**
   * I pinged that member for you and have no answer so far.
   *
   * @param sequence of the {@link PingRequest}
   */
  record Nack(int sequence) implements Message {
    @Override
    public int bytes() {
      return 1 + 4;
    }
  }

  /**
   * That incarnation of the target missed its probes.
   *
   * @param target the accused
   * @param incarnation of the accused
   * @param accuser who says so; not signed
   */
  record Suspect(NodeId target, long incarnation, NodeId accuser) implements Message {
    @Override
    public int bytes() {
      return ACCUSATION_BYTES;
    }
  }

  /**
   * That incarnation of the target did not refute in time.
   *
   * @param target the accused
   * @param incarnation of the accused
   * @param accuser who says so; not signed
   */
  record Dead(NodeId target, long incarnation, NodeId accuser) implements Message {
    @Override
    public int bytes() {
      return ACCUSATION_BYTES;
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
   * One page of what the sender knows. The receiver pulls what is newer there and, unless this is
   * an answer, answers with a page of what is newer here.
   *
   * @param answer whether this answers a digest: then only the entries count, not the range
   * @param after the page covers owners above this id
   * @param upTo and up to this one, which is included
   * @param entries the owners in that range whom the sender knows
   */
  record Digest(boolean answer, NodeId after, NodeId upTo, List<Entry> entries) implements Message {
    static final int HEADER_BYTES = 1 + 1 + 2 * NodeId.BYTES + 1;

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
    public record Entry(NodeId owner, long incarnation, Member.Status status, long recordsHash) {
      static final int BYTES = NodeId.BYTES + 8 + 1 + 8;
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
  record Pull(NodeId owner, long incarnation, int after, int upTo, List<Integer> held)
      implements Message {
    static final int HEADER_BYTES = 1 + NodeId.BYTES + 8 + 4 + 4 + 2;

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

  /** Size of {@link Suspect} and {@link Dead} on the wire. */
  int ACCUSATION_BYTES = 1 + NodeId.BYTES + 8 + NodeId.BYTES;
}
