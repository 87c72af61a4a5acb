// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.protocol;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.rhizome.gossip.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a node says at the end of every forwarded request, answer or rejection: one binary trailer,
 * {@value #NAME}. It is how load spreads.
 *
 * <p>Layout, big-endian: format (1 byte, 1); outcome (1); in flight (4); limit (4); queue delay in
 * nanoseconds (8); service time in nanoseconds (8); time the request spent at the receiver in
 * nanoseconds (8); when to try again in nanoseconds (8), absent from older nodes; where there is an
 * alternative: its id (32), in flight (4), limit (4), queue delay (8), service time (8), age (8);
 * where a router says something: all that in zeros where there is no alternative, the length of the
 * router's name (1) and the name in UTF-8, the length of what it says (1) and that. Bytes after
 * that are ignored, for newer nodes, and so is what a router cannot have said.
 *
 * @param outcome how the request ended there
 * @param inFlight requests running and queued at the receiver
 * @param limit how many it accepts at once
 * @param queueNanos how long a request that arrives now would wait
 * @param serviceNanos typical run time of one request
 * @param elapsedNanos from the request's arrival at the receiver to this report: what is left of
 *     the sender's measure is the network's
 * @param retryNanos of a request refused for want of room: when there may be some; 0 for no idea
 * @param alternative of such a request: who may have room now; null for no idea
 * @param word what the receiver's router says to the sender's; null for nothing
 */
public record HopReport(
    Outcome outcome,
    int inFlight,
    int limit,
    long queueNanos,
    long serviceNanos,
    long elapsedNanos,
    long retryNanos,
    @Nullable Alternative alternative,
    @Nullable Word word) {
  /** The trailer's name. */
  public static final String NAME = "rhizome-report-bin";

  /** The trailer as gRPC knows it. */
  public static final Metadata.Key<byte[]> KEY =
      Metadata.Key.of(NAME, Metadata.BINARY_BYTE_MARSHALLER);

  /** The most that a router may say. */
  public static final int MAX_WORD_BYTES = 64;

  private static final byte FORMAT = 1;
  private static final int LEAST = 1 + 1 + 4 + 4 + 8 + 8 + 8;
  private static final int SIZE = LEAST + 8;
  private static final int ALTERNATIVE_SIZE = NodeId.BYTES + 4 + 4 + 8 + 8 + 8;
  private static final NodeId NOBODY = NodeId.of(new byte[NodeId.BYTES]);

  /**
   * Another holder, by what it said of its load.
   *
   * @param ageNanos how long ago it said that
   */
  public record Alternative(
      NodeId node, int inFlight, int limit, long queueNanos, long serviceNanos, long ageNanos) {}

  /**
   * What a router says to those of its name.
   *
   * @param router the name, 255 bytes at most
   * @param bytes 1 to {@value #MAX_WORD_BYTES}, of which nodes know no more
   */
  public record Word(String router, ByteString bytes) {
    public Word {
      if (bytes.isEmpty() || bytes.size() > MAX_WORD_BYTES) {
        throw new IllegalArgumentException("a router says 1 to 64 bytes, not " + bytes.size());
      }
    }

    /** What came as that; null where it is nothing that a router can have said. */
    public static @Nullable Word of(String router, ByteString bytes) {
      return bytes.isEmpty() || bytes.size() > MAX_WORD_BYTES ? null : new Word(router, bytes);
    }
  }

  /** One that names no alternative and in which no router says anything. */
  public HopReport(
      Outcome outcome,
      int inFlight,
      int limit,
      long queueNanos,
      long serviceNanos,
      long elapsedNanos,
      long retryNanos) {
    this(outcome, inFlight, limit, queueNanos, serviceNanos, elapsedNanos, retryNanos, null, null);
  }

  /** The same with that alternative. */
  public HopReport with(@Nullable Alternative other) {
    return new HopReport(
        outcome, inFlight, limit, queueNanos, serviceNanos, elapsedNanos, retryNanos, other, word);
  }

  /** The same in which a router says that. */
  public HopReport saying(@Nullable Word said) {
    return said == null
        ? this
        : new HopReport(
            outcome,
            inFlight,
            limit,
            queueNanos,
            serviceNanos,
            elapsedNanos,
            retryNanos,
            alternative,
            said);
  }

  /** How a request ended at a peer. */
  public enum Outcome {
    /** Answered. */
    ANSWERED(0),
    /** Refused before any executor saw it, for want of room. */
    OVERLOADED(1),
    /** Refused before any executor saw it, for another reason, such as not holding the model. */
    REFUSED(2),
    /** Failed in a way that would be the same anywhere: bad input, or the model failed on it. */
    FINAL(3),
    /** Its deadline passed. */
    EXPIRED(4),
    /** It was cancelled. */
    CANCELLED(5),
    /** The node passed it on, and was not answered: it may have run. */
    BROKEN(6);

    private final int code;

    Outcome(int code) {
      this.code = code;
    }

    private static Outcome of(int code) throws MalformedException {
      for (Outcome outcome : values()) {
        if (outcome.code == code) {
          return outcome;
        }
      }
      throw new MalformedException(NAME + ": outcome " + code + " is not known here");
    }
  }

  /** The trailer's value. */
  public byte[] encode() {
    Alternative other = alternative;
    Word said = word;
    byte[] name = said == null ? null : said.router.getBytes(StandardCharsets.UTF_8);
    int wordSize = said == null || name == null ? 0 : 2 + name.length + said.bytes.size();
    ByteBuffer out =
        ByteBuffer.allocate(
                SIZE + (other == null && said == null ? 0 : ALTERNATIVE_SIZE) + wordSize)
            .put(FORMAT)
            .put((byte) outcome.code)
            .putInt(inFlight)
            .putInt(limit)
            .putLong(queueNanos)
            .putLong(serviceNanos)
            .putLong(elapsedNanos)
            .putLong(retryNanos);
    if (other != null) {
      out.put(other.node.bytes())
          .putInt(other.inFlight)
          .putInt(other.limit)
          .putLong(other.queueNanos)
          .putLong(other.serviceNanos)
          .putLong(other.ageNanos);
    }
    if (said != null && name != null) {
      out.position(SIZE + ALTERNATIVE_SIZE)
          .put((byte) name.length)
          .put(name)
          .put((byte) said.bytes.size())
          .put(said.bytes.asReadOnlyByteBuffer());
    }
    return out.array();
  }

  /** Reads a trailer's value; {@link MalformedException} where it does not follow the layout. */
  public static HopReport decode(byte[] value) throws MalformedException {
    if (value.length < LEAST || value[0] != FORMAT) {
      throw new MalformedException(NAME + ": " + value.length + " bytes of an unknown format");
    }
    ByteBuffer in = ByteBuffer.wrap(value, 1, value.length - 1);
    return new HopReport(
        Outcome.of(in.get()),
        Math.max(0, in.getInt()),
        Math.max(1, in.getInt()),
        Math.max(0, in.getLong()),
        Math.max(0, in.getLong()),
        Math.max(0, in.getLong()),
        in.remaining() >= Long.BYTES ? Math.max(0, in.getLong()) : 0,
        in.remaining() >= ALTERNATIVE_SIZE ? alternative(in) : null,
        in.hasRemaining() ? word(in) : null);
  }

  private static @Nullable Alternative alternative(ByteBuffer in) {
    byte[] id = new byte[NodeId.BYTES];
    in.get(id);
    NodeId node = NodeId.of(id);
    Alternative other =
        new Alternative(
            node,
            Math.max(0, in.getInt()),
            Math.max(1, in.getInt()),
            Math.max(0, in.getLong()),
            Math.max(0, in.getLong()),
            Math.max(0, in.getLong()));
    return node.equals(NOBODY) ? null : other;
  }

  private static @Nullable Word word(ByteBuffer in) {
    ByteString router = piece(in);
    ByteString bytes = router == null ? null : piece(in);
    return router == null || bytes == null ? null : Word.of(router.toStringUtf8(), bytes);
  }

  /** A length and so many bytes; null where there are not so many. */
  private static @Nullable ByteString piece(ByteBuffer in) {
    int length = in.hasRemaining() ? in.get() & 0xff : Integer.MAX_VALUE;
    return length > in.remaining() ? null : ByteString.copyFrom(in, length);
  }
}
