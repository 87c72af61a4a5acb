// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.rhizome.gossip.Accusation;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.Names;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.RecordKey;
import io.rhizome.gossip.SignedRecord;
import io.rhizome.gossip.VarInt;
import io.rhizome.gossip.coordinate.Coordinate;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Messages as bytes: one after the other, each a type byte and its fields, big-endian, lengths as
 * unsigned integers. Stateless; any thread (that the {@link Names} allow).
 */
public final class GossipCodec {
  private static final int PING = 1;
  private static final int ACK = 2;
  private static final int PING_REQUEST = 3;
  private static final int ACCUSE = 4;
  private static final int CHALLENGE = 5;
  private static final int STATEMENT = 6;
  private static final int JOIN = 7;
  private static final int DIGEST = 8;
  private static final int PULL = 9;
  private static final int NACK = 10;
  private static final int HAVE = 11;
  private static final int WANT = 12;
  private static final int SUMMARY = 13;

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

  /**
   * Reads what {@link #encode} wrote. What is about somebody whom this node does not know is left
   * out: it could do nothing with it.
   */
  public static List<Message> decode(ByteBuffer in, Names names) throws MalformedPacketException {
    if (in.remaining() > Message.PACKET_BYTES) {
      throw new MalformedPacketException("a packet of " + in.remaining() + " bytes");
    }
    List<Message> messages = new ArrayList<>();
    try {
      while (in.hasRemaining()) {
        Message message = read(in, names);
        if (message != null) {
          messages.add(message);
        }
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
      out.put((byte) PING).putLong(ping.nonce()).putLong(ping.target().prefix());
    } else if (message instanceof Message.Ack ack) {
      ack.coordinate().encode(out.put((byte) ACK).putLong(ack.nonce()));
    } else if (message instanceof Message.Nack nack) {
      out.put((byte) NACK).putLong(nack.nonce());
    } else if (message instanceof Message.PingRequest ask) {
      out.put((byte) PING_REQUEST).putLong(ask.nonce()).putLong(ask.target().prefix());
    } else if (message instanceof Message.Accuse accuse) {
      writeAccusation(out.put((byte) ACCUSE), accuse.accusation());
    } else if (message instanceof Message.Challenge challenge) {
      VarInt.putVersion(
          out.put((byte) CHALLENGE).putLong(challenge.target().prefix()), challenge.incarnation());
    } else if (message instanceof Message.Statement statement) {
      writeRecord(out.put((byte) STATEMENT), statement.record());
    } else if (message instanceof Message.Join join) {
      writeRecord(out.put((byte) JOIN), join.alive());
    } else if (message instanceof Message.Have have) {
      writeIds(out.put((byte) HAVE), have.records());
    } else if (message instanceof Message.Want want) {
      writeIds(out.put((byte) WANT), want.records());
    } else if (message instanceof Message.Summary summary) {
      int bits = Integer.numberOfTrailingZeros(summary.hashes().size());
      out.put((byte) SUMMARY).put((byte) bits);
      summary.hashes().forEach(out::putInt);
    } else if (message instanceof Message.Digest digest) {
      writeDigest(out.put((byte) DIGEST), digest);
    } else if (message instanceof Message.Pull pull) {
      writePull(out.put((byte) PULL), pull);
    }
  }

  /** The next message; null where it names somebody whom this node does not know. */
  private static @Nullable Message read(ByteBuffer in, Names names)
      throws MalformedPacketException {
    int type = in.get() & 0xff;
    return switch (type) {
      case PING -> readNamed(in, names, Message.Ping::new);
      case PING_REQUEST -> readNamed(in, names, Message.PingRequest::new);
      case CHALLENGE -> readChallenge(in, names);
      case ACK -> new Message.Ack(in.getLong(), Coordinate.decode(in));
      case NACK -> new Message.Nack(in.getLong());
      case ACCUSE -> readAccusation(in, names);
      case STATEMENT -> readRecord(in, names, Message.Statement::new);
      case JOIN -> readRecord(in, names, Message.Join::new);
      case HAVE -> new Message.Have(readInts(in, in.get() & 0xff));
      case WANT -> new Message.Want(readInts(in, in.get() & 0xff));
      case SUMMARY -> new Message.Summary(readInts(in, 1 << Math.min(in.get() & 0xff, 9)));
      case DIGEST -> readDigest(in);
      case PULL -> readPull(in);
      default -> throw new MalformedPacketException("unknown message type " + type);
    };
  }

  private static @Nullable Message readNamed(
      ByteBuffer in, Names names, BiFunction<Long, NodeId, Message> make) {
    long nonce = in.getLong();
    NodeId target = names.find(in.getLong());
    return target == null ? null : make.apply(nonce, target);
  }

  private static @Nullable Message readChallenge(ByteBuffer in, Names names) {
    NodeId target = names.find(in.getLong());
    long incarnation = VarInt.getVersion(in);
    return target == null ? null : new Message.Challenge(target, incarnation);
  }

  private static void writeAccusation(ByteBuffer out, Accusation accusation) {
    out.putLong(accusation.target().prefix());
    VarInt.putVersion(out, accusation.incarnation());
    out.putLong(accusation.accuser().prefix());
    out.put((byte) accusation.signature().size());
    accusation.signature().write(out);
  }

  private static @Nullable Message readAccusation(ByteBuffer in, Names names) {
    NodeId target = names.find(in.getLong());
    long incarnation = VarInt.getVersion(in);
    NodeId accuser = names.find(in.getLong());
    Bytes signature = Bytes.read(in, in.get() & 0xff);
    return target == null || accuser == null
        ? null
        : new Message.Accuse(new Accusation(target, incarnation, accuser, signature));
  }

  private static void writeRecord(ByteBuffer out, SignedRecord record) {
    RecordKey key = record.key();
    out.put((byte) key.kind().code());
    if (record.introduces()) {
      out.put(record.owner().bytes());
    } else {
      out.putLong(record.owner().prefix());
    }
    VarInt.putVersion(out, record.version());
    if (key.kind() == RecordKey.Kind.MODEL) {
      byte[] model = key.model().getBytes(StandardCharsets.UTF_8);
      out.put((byte) model.length).put(model);
      VarInt.put(out, key.modelVersion());
    }
    VarInt.put(out, record.value().size());
    record.value().write(out);
    out.put((byte) record.signature().size());
    record.signature().write(out);
  }

  private static @Nullable Message readRecord(
      ByteBuffer in, Names names, Function<SignedRecord, Message> make)
      throws MalformedPacketException {
    RecordKey.Kind kind = RecordKey.Kind.of(in.get() & 0xff);
    NodeId owner = kind == RecordKey.Kind.ALIVE ? introduced(in, names) : names.find(in.getLong());
    long version = VarInt.getVersion(in);
    RecordKey key = kind == RecordKey.Kind.MODEL ? readModelKey(in) : RecordKey.of(kind);
    long length = VarInt.get(in);
    if (Long.compareUnsigned(length, Message.PACKET_BYTES) > 0) {
      throw new BufferUnderflowException();
    }
    Bytes value = Bytes.read(in, (int) length);
    Bytes signature = Bytes.read(in, in.get() & 0xff);
    return owner == null
        ? null
        : make.apply(new SignedRecord(owner, key, version, value, signature));
  }

  private static RecordKey readModelKey(ByteBuffer in) throws MalformedPacketException {
    String model = readText(in, in.get() & 0xff);
    return new RecordKey(RecordKey.Kind.MODEL, model, VarInt.get(in));
  }

  private static String readText(ByteBuffer in, int length) throws MalformedPacketException {
    byte[] bytes = readBytes(in, length);
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
      throw new MalformedPacketException("a model name is not UTF-8");
    }
    return text;
  }

  /** An id in full; the same object as before where it is known. */
  private static NodeId introduced(ByteBuffer in, Names names) {
    NodeId id = NodeId.of(readBytes(in, NodeId.BYTES));
    NodeId known = names.find(id.prefix());
    return known != null && known.equals(id) ? known : id;
  }

  private static void writeIds(ByteBuffer out, List<Integer> ids) {
    out.put((byte) ids.size());
    ids.forEach(out::putInt);
  }

  private static List<Integer> readInts(ByteBuffer in, int count) {
    List<Integer> values = new ArrayList<>(Math.min(count, Message.PACKET_BYTES / 4));
    for (int i = 0; i < count; i++) {
      values.add(in.getInt());
    }
    return values;
  }

  private static void writeDigest(ByteBuffer out, Message.Digest digest) {
    out.put((byte) (digest.answer() ? 1 : 0));
    out.putLong(digest.after()).putLong(digest.upTo());
    out.put((byte) digest.entries().size());
    for (Message.Digest.Entry entry : digest.entries()) {
      out.putLong(entry.owner()).putLong(entry.incarnation());
      out.put((byte) code(entry.status())).putInt(entry.recordsHash());
    }
  }

  private static Message readDigest(ByteBuffer in) throws MalformedPacketException {
    int answer = in.get();
    if (answer != 0 && answer != 1) {
      throw new MalformedPacketException("a flag of a digest is neither 0 nor 1");
    }
    long after = in.getLong();
    long upTo = in.getLong();
    int count = in.get() & 0xff;
    List<Message.Digest.Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long owner = in.getLong();
      long incarnation = in.getLong();
      Member.Status status = status(in.get());
      entries.add(new Message.Digest.Entry(owner, incarnation, status, in.getInt()));
    }
    return new Message.Digest(answer == 1, after, upTo, entries);
  }

  private static void writePull(ByteBuffer out, Message.Pull pull) {
    out.putLong(pull.owner()).putLong(pull.incarnation());
    out.putInt(pull.after()).putInt(pull.upTo()).putShort((short) pull.held().size());
    pull.held().forEach(out::putInt);
  }

  private static Message readPull(ByteBuffer in) {
    long owner = in.getLong();
    long incarnation = in.getLong();
    int after = in.getInt();
    int upTo = in.getInt();
    List<Integer> held = readInts(in, in.getShort() & 0xffff);
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

  private static byte[] readBytes(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
