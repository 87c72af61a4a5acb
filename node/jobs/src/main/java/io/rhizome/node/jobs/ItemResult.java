// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How one item ended.
 *
 * @param item its number
 * @param kind what {@code value} is
 * @param value not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way from a socket to a cache.
public record ItemResult(int item, Kind kind, byte[] value) {
  /** Longest answer that the site's store keeps itself, in bytes. */
  public static final int MAX_INLINE_BYTES = 16 * 1024;

  private static final int MAX_ERROR_CHARACTERS = 1_000;

  /** What a result is. */
  public enum Kind {
    /** An encoded {@code ModelInferResponse}. */
    ANSWER(0),
    /** Why it failed, in UTF-8. */
    ERROR(1),
    /** The SHA-256 of an encoded {@code ModelInferResponse} that lies in the journal. */
    STORED(2);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalArgumentException("no result has the kind " + code);
    }
  }

  /** That it failed. */
  public static ItemResult error(int item, String why) {
    String bounded = why.substring(0, Math.min(why.length(), MAX_ERROR_CHARACTERS));
    return new ItemResult(item, Kind.ERROR, bounded.getBytes(StandardCharsets.UTF_8));
  }

  /** Why it failed; of one that did. */
  public String error() {
    return new String(value, StandardCharsets.UTF_8);
  }

  /** Whether it failed. */
  public boolean failed() {
    return kind == Kind.ERROR;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ItemResult that
        && item == that.item
        && kind == that.kind
        && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * item + kind.code) + Arrays.hashCode(value);
  }
}
