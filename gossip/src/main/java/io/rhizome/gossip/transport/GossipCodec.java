// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.RecordKey;
import io.rhizome.gossip.SignedRecord;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages as bytes: one after the other, each a type byte and its fields, big-endian, lengths as
 * unsigned integers. Stateless; any thread.
 */
public final class GossipCodec {
  private static final int PING = 1;
  private static final int ACK = 2;
  private static final int PING_REQUEST = 3;
  private static final int SUSPECT = 4;
  private static final int DEAD = 5;
  private static final int STATEMENT = 6;
  private static final int JOIN = 7;
  private static final int DIGEST = 8;
  private static final int PULL = 9;
  private static final int NACK = 10;

  private GossipCodec() {}

  /**
   * The bytes of a packet.
   *
   * @throws IllegalArgumentException above {@link Message#PACKET_BYTES}
   */
  public static byte[] encode(List<Message> packet) {
    int size = packet.stream().mapToInt(Message::bytes).sum();
    if (size > Message.PACKET_BYTES) {
      throw new IllegalArgumentException(
          "a packet has at most " + Message.PACKET_BYTES + " bytes of messages, not " + size);
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    packet.forEach(message -> write(out, message));
    return out.array();
  }

  /** Reads what {@link #encode} wrote. */
  public static List<Message> decode(byte[] bytes) throws MalformedPacketException {
    if (bytes.length > Message.PACKET_BYTES) {
      throw new MalformedPacketException("a packet of " + bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    List<Message> messages = new ArrayList<>();
    try {
      while (in.hasRemaining()) {
        messages.add(read(in));
      }
      return messages;
    } catch (BufferUnderflowException e) {
      throw new MalformedPacketException("a message ends too early", e);
    } catch (IllegalArgumentException e) {
      throw new MalformedPacketException("a field is out of range: " + e.getMessage(), e);
    }
  }

  private static void write(ByteBuffer out, Message message) {
    if (message instanceof Message.Ping ping) {
      out.put((byte) PING).putInt(ping.sequence()).put(ping.target().bytes());
    } else if (message instanceof Message.Ack ack) {
      out.put((byte) ACK).putInt(ack.sequence());
    } else if (message instanceof Message.Nack nack) {
      out.put((byte) NACK).putInt(nack.sequence());
    } else if (message instanceof Message.PingRequest ask) {
      out.put((byte) PING_REQUEST).putInt(ask.sequence()).put(ask.target().bytes());
    } else if (message instanceof Message.Suspect suspect) {
      out.put((byte) SUSPECT).put(suspect.target().bytes());
      out.putLong(suspect.incarnation()).put(suspect.accuser().bytes());
    } else if (message instanceof Message.Dead dead) {
      out.put((byte) DEAD).put(dead.target().bytes());
      out.putLong(dead.incarnation()).put(dead.accuser().bytes());
    } else if (message instanceof Message.Statement statement) {
      writeRecord(out.put((byte) STATEMENT), statement.record());
    } else if (message instanceof Message.Join join) {
      writeRecord(out.put((byte) JOIN), join.alive());
    } else if (message instanceof Message.Digest digest) {
      writeDigest(out.put((byte) DIGEST), digest);
    } else if (message instanceof Message.Pull pull) {
      writePull(out.put((byte) PULL), pull);
    }
  }

  private static Message read(ByteBuffer in) throws MalformedPacketException {
    int type = in.get() & 0xff;
    return switch (type) {
      case PING -> new Message.Ping(in.getInt(), readId(in));
      case ACK -> new Message.Ack(in.getInt());
      case NACK -> new Message.Nack(in.getInt());
      case PING_REQUEST -> new Message.PingRequest(in.getInt(), readId(in));
      case SUSPECT -> new Message.Suspect(readId(in), in.getLong(), readId(in));
      case DEAD -> new Message.Dead(readId(in), in.getLong(), readId(in));
      case STATEMENT -> new Message.Statement(readRecord(in));
      case JOIN -> new Message.Join(readRecord(in));
      case DIGEST -> readDigest(in);
      case PULL -> readPull(in);
      default -> throw new MalformedPacketException("unknown message type " + type);
    };
  }

  private static void writeRecord(ByteBuffer out, SignedRecord record) {
    byte[] model = record.key().model().getBytes(StandardCharsets.UTF_8);
    out.put(record.owner().bytes()).put((byte) record.key().kind().code());
    out.put((byte) model.length).put(model);
    out.putLong(record.key().modelVersion()).putLong(record.version());
    out.putShort((short) record.value().size()).put(record.value().toArray());
    out.put((byte) record.signature().size()).put(record.signature().toArray());
  }

  private static SignedRecord readRecord(ByteBuffer in) throws MalformedPacketException {
    NodeId owner = readId(in);
    RecordKey.Kind kind = RecordKey.Kind.of(in.get() & 0xff);
    byte[] model = readBytes(in, in.get() & 0xff);
    String name = new String(model, StandardCharsets.UTF_8);
    if (name.getBytes(StandardCharsets.UTF_8).length != model.length) {
      throw new MalformedPacketException("a model name is not UTF-8");
    }
    RecordKey key = new RecordKey(kind, name, in.getLong());
    long version = in.getLong();
    Bytes value = Bytes.of(readBytes(in, in.getShort() & 0xffff));
    Bytes signature = Bytes.of(readBytes(in, in.get() & 0xff));
    return new SignedRecord(owner, key, version, value, signature);
  }

  private static void writeDigest(ByteBuffer out, Message.Digest digest) {
    out.put((byte) (digest.answer() ? 1 : 0));
    out.put(digest.after().bytes()).put(digest.upTo().bytes());
    out.put((byte) digest.entries().size());
    for (Message.Digest.Entry entry : digest.entries()) {
      out.put(entry.owner().bytes()).putLong(entry.incarnation());
      out.put((byte) code(entry.status())).putLong(entry.recordsHash());
    }
  }

  private static Message readDigest(ByteBuffer in) throws MalformedPacketException {
    int answer = in.get();
    if (answer != 0 && answer != 1) {
      throw new MalformedPacketException("a flag of a digest is neither 0 nor 1");
    }
    NodeId after = readId(in);
    NodeId upTo = readId(in);
    int count = in.get() & 0xff;
    List<Message.Digest.Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      NodeId owner = readId(in);
      long incarnation = in.getLong();
      Member.Status status = status(in.get());
      entries.add(new Message.Digest.Entry(owner, incarnation, status, in.getLong()));
    }
    return new Message.Digest(answer == 1, after, upTo, entries);
  }

  private static void writePull(ByteBuffer out, Message.Pull pull) {
    out.put(pull.owner().bytes()).putLong(pull.incarnation());
    out.putInt(pull.after()).putInt(pull.upTo()).putShort((short) pull.held().size());
    pull.held().forEach(out::putInt);
  }

  private static Message readPull(ByteBuffer in) {
    NodeId owner = readId(in);
    long incarnation = in.getLong();
    int after = in.getInt();
    int upTo = in.getInt();
    int count = in.getShort() & 0xffff;
    List<Integer> held = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      held.add(in.getInt());
    }
    return new Message.Pull(owner, incarnation, after, upTo, held);
  }

  private static int code(Member.Status status) {
    return switch (status) {
      case ALIVE -> 1;
      case SUSPECT -> 2;
      case DEAD -> 3;
      case LEFT -> 4;
    };
  }

  private static Member.Status status(int code) throws MalformedPacketException {
    return switch (code) {
      case 1 -> Member.Status.ALIVE;
      case 2 -> Member.Status.SUSPECT;
      case 3 -> Member.Status.DEAD;
      case 4 -> Member.Status.LEFT;
      default -> throw new MalformedPacketException("unknown status " + code);
    };
  }

  private static NodeId readId(ByteBuffer in) {
    return NodeId.of(readBytes(in, NodeId.BYTES));
  }

  private static byte[] readBytes(ByteBuffer in, int length) {
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
