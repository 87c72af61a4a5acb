// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/**
 * What a signed record is about. An owner has at most one current record per key.
 *
 * @param kind what the value holds
 * @param model the model's name, 1 to {@link #MAX_MODEL_BYTES} bytes of UTF-8; empty unless {@code
 *     MODEL}
 * @param modelVersion the model's version; 0 unless {@code MODEL}
 */
public record RecordKey(Kind kind, String model, long modelVersion)
    implements Comparable<RecordKey> {
  /** Longest model name in UTF-8. */
  public static final int MAX_MODEL_BYTES = 128;

  static final RecordKey ALIVE = new RecordKey(Kind.ALIVE, "", 0);
  static final RecordKey LEAVE = new RecordKey(Kind.LEAVE, "", 0);
  static final RecordKey LABELS = new RecordKey(Kind.LABELS, "", 0);

  private static final Comparator<RecordKey> ORDER =
      Comparator.comparing(RecordKey::kind)
          .thenComparing(RecordKey::model)
          .thenComparingLong(RecordKey::modelVersion);

  /** The kinds of record. */
  public enum Kind {
    /** Where the owner is reached; the version is its incarnation. */
    ALIVE(1),
    /** The owner's goodbye; the version is the incarnation that leaves. */
    LEAVE(2),
    /** The owner's labels, and the version below which its older records are void. */
    LABELS(3),
    /** One model version held; an empty value says that it is no longer held. */
    MODEL(4);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** The kind on the wire. */
    public int code() {
      return code;
    }

    /** The kind of that code; {@link IllegalArgumentException} where there is none. */
    public static Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalArgumentException("unknown kind of record: " + code);
    }
  }

  public RecordKey {
    int bytes = model.getBytes(StandardCharsets.UTF_8).length;
    if (kind == Kind.MODEL ? bytes < 1 || bytes > MAX_MODEL_BYTES : bytes > 0) {
      throw new IllegalArgumentException(
          "model name must have 1 to " + MAX_MODEL_BYTES + " bytes of UTF-8: '" + model + "'");
    }
    if (kind != Kind.MODEL && modelVersion != 0) {
      throw new IllegalArgumentException("only a model record has a model version");
    }
  }

  /** Length of the model's name in UTF-8. */
  int modelBytes() {
    return model.getBytes(StandardCharsets.UTF_8).length;
  }

  static RecordKey of(Residency residency) {
    return new RecordKey(Kind.MODEL, residency.model(), residency.version());
  }

  @Override
  public int compareTo(RecordKey other) {
    return ORDER.compare(this, other);
  }
}
