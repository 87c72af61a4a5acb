// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a node asks to be written of a slice.
 *
 * @param kind what
 * @param claimant the node
 * @param beat as it saw it: of a claim, that of the state it saw, else that of its own claim
 * @param failed how many items failed; of {@code FINISH}
 */
public record SliceChange(Kind kind, String claimant, long beat, int failed) {
  /** What is asked. */
  public enum Kind {
    /** To work on it. */
    CLAIM(0),
    /** To go on working on it. */
    RENEW(1),
    /** That others do. */
    RELEASE(2),
    /** That nothing is left to do. */
    FINISH(3),
    /** That its failed items run again. */
    RETRY(4);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalArgumentException("no change of a slice has the code " + code);
    }
  }

  /** Claims a slice as it was seen. */
  public static SliceChange claim(String claimant, SliceState seen) {
    return new SliceChange(Kind.CLAIM, claimant, seen.beat(), 0);
  }

  /** Says that a claim goes on. */
  public static SliceChange renew(SliceState claimed) {
    return new SliceChange(Kind.RENEW, claimed.owner(), claimed.beat(), 0);
  }

  /** Gives a claim back. */
  public static SliceChange release(SliceState claimed) {
    return new SliceChange(Kind.RELEASE, claimed.owner(), claimed.beat(), 0);
  }

  /** Says that every item has a result. */
  public static SliceChange finish(SliceState claimed, int failed) {
    return new SliceChange(Kind.FINISH, claimed.owner(), claimed.beat(), failed);
  }

  /** Opens a slice again whose failed items' results were dropped. */
  public static SliceChange retry(SliceState done) {
    return new SliceChange(Kind.RETRY, "", done.beat(), 0);
  }

  /** As it travels. */
  public byte[] encode() {
    byte[] name = claimant.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + 8 + 4 + name.length)
        .put((byte) kind.code)
        .putLong(beat)
        .putInt(failed)
        .put(name)
        .array();
  }

  /** Reads what {@link #encode} wrote. */
  public static SliceChange decode(byte[] sent) {
    ByteBuffer in = ByteBuffer.wrap(sent);
    Kind kind = Kind.of(in.get());
    long beat = in.getLong();
    int failed = in.getInt();
    byte[] name = new byte[in.remaining()];
    in.get(name);
    return new SliceChange(kind, new String(name, StandardCharsets.UTF_8), beat, failed);
  }
}
