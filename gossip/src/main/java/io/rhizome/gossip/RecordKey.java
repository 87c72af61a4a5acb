// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.nio.charset.StandardCharsets;
import java.util.List;

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

    private static final List<Kind> ALL = List.of(values());

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
      for (Kind kind : ALL) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalArgumentException("unknown kind of record: " + code);
    }
  }

  public RecordKey {
    int bytes = utf8Bytes(model);
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
    return utf8Bytes(model);
  }

  private static int utf8Bytes(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return text.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    return text.length();
  }

  /** The key of all that is not about a model. */
  public static RecordKey of(Kind kind) {
    return switch (kind) {
      case ALIVE -> ALIVE;
      case LEAVE -> LEAVE;
      case LABELS -> LABELS;
      case MODEL -> throw new IllegalArgumentException("a model record needs a model");
    };
  }

  static RecordKey of(Residency residency) {
    return new RecordKey(Kind.MODEL, residency.model(), residency.version());
  }

  @Override
  public int compareTo(RecordKey other) {
    int byKind = kind.compareTo(other.kind);
    int byModel = byKind != 0 ? byKind : model.compareTo(other.model);
    return byModel != 0 ? byModel : Long.compare(modelVersion, other.modelVersion);
  }
}
