// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Who works on a slice. Every change goes through {@link #after}, at one place at a time (the
 * store's business): of two claims that saw the same, one is refused.
 *
 * <pre>
 * phase    event                                    next
 * OPEN     claimed                                  CLAIMED, beat + 1, attempts + 1
 * CLAIMED  its claim says that it goes on           CLAIMED, beat + 1
 * CLAIMED  another sees the same beat for too long  CLAIMED by that, beat + 1, attempts + 1
 * CLAIMED  its claim gives it back                  OPEN, beat + 1, attempts - 1
 * CLAIMED  its claim has a result for every item    DONE
 * DONE     retried                                  OPEN, beat + 1, no attempts
 * </pre>
 *
 * <p>A beat never comes twice: who claimed at a beat and finds another has lost the claim. No
 * clocks are compared.
 *
 * @param phase what is being done about it
 * @param owner who claimed it last; empty where nobody did
 * @param beat counts claims and signs of life
 * @param attempts how often it was claimed and not given back
 * @param failed how many items failed; of a slice that is done
 */
public record SliceState(Phase phase, String owner, long beat, int attempts, int failed) {
  /** Nobody has worked on it. */
  public static final SliceState NEW = new SliceState(Phase.OPEN, "", 0, 0, 0);

  private static final byte FORMAT = 1;

  /** What is being done about a slice. */
  public enum Phase {
    /** Nothing. */
    OPEN(0),
    /** A node works on it. */
    CLAIMED(1),
    /** Nothing is left to do. */
    DONE(2);

    private final int code;

    Phase(int code) {
      this.code = code;
    }

    private static Phase of(int code) {
      for (Phase phase : values()) {
        if (phase.code == code) {
          return phase;
        }
      }
      throw new IllegalArgumentException("a slice has no phase " + code);
    }
  }

  /** What it is after such a change; empty where that comes too late. */
  public Optional<SliceState> after(SliceChange change) {
    if (beat != change.beat()) {
      return Optional.empty();
    }
    long next = beat + 1;
    boolean held = phase == Phase.CLAIMED && owner.equals(change.claimant());
    return switch (change.kind()) {
      case CLAIM ->
          when(
              phase != Phase.DONE,
              new SliceState(Phase.CLAIMED, change.claimant(), next, attempts + 1, 0));
      case RENEW -> when(held, new SliceState(Phase.CLAIMED, owner, next, attempts, 0));
      case RELEASE -> when(held, new SliceState(Phase.OPEN, "", next, attempts - 1, 0));
      case FINISH -> when(held, new SliceState(Phase.DONE, owner, next, attempts, change.failed()));
      case RETRY -> when(phase == Phase.DONE, new SliceState(Phase.OPEN, "", next, 0, 0));
    };
  }

  private static Optional<SliceState> when(boolean may, SliceState next) {
    return may ? Optional.of(next) : Optional.empty();
  }

  /** As it is stored. */
  public byte[] encode() {
    byte[] name = owner.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 + 8 + 4 + 4 + name.length)
        .put(FORMAT)
        .put((byte) phase.code)
        .putLong(beat)
        .putInt(attempts)
        .putInt(failed)
        .put(name)
        .array();
  }

  /** Reads what {@link #encode} wrote; {@link IllegalArgumentException} where it is not that. */
  public static SliceState decode(byte[] stored) {
    ByteBuffer in = ByteBuffer.wrap(stored);
    if (stored.length < 18 || in.get() != FORMAT) {
      throw new IllegalArgumentException(stored.length + " bytes are no slice of a format known");
    }
    Phase phase = Phase.of(in.get());
    long beat = in.getLong();
    int attempts = in.getInt();
    int failed = in.getInt();
    byte[] name = new byte[in.remaining()];
    in.get(name);
    String owner = new String(name, StandardCharsets.UTF_8);
    return new SliceState(phase, owner, beat, attempts, failed);
  }
}
