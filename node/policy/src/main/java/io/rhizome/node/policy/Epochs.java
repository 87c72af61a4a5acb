// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest {@link EpochStatement} that this node knows, on disk before anybody is told. Every
 * node learns it from whichever it talks to, and then takes no policy from voters of an older one.
 * Any thread; learning a newer one blocks on disk.
 */
public final class Epochs {
  private static final Logger log = LoggerFactory.getLogger(Epochs.class);

  private final String mesh;
  private final Predicate<EpochStatement> signed;
  private final ImageFile file;
  private final List<Consumer<EpochStatement>> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable EpochStatement current;

  /** How somebody else's epoch stands to this node's, once this node has learned of it. */
  public enum Standing {
    /** It is the same; it may have been news here. */
    SAME,
    /** It is older: what they decide counts no more. */
    OLDER,
    /** It would be newer, but no operator of this mesh signed it, or it cannot be kept. */
    UNPROVEN
  }

  /**
   * Reads what the file has.
   *
   * @param signed whether an operator of this mesh made the signature
   */
  public Epochs(String mesh, Predicate<EpochStatement> signed, ImageFile file) throws IOException {
    this.mesh = mesh;
    this.signed = signed;
    this.file = file;
    Optional<byte[]> saved = file.load();
    if (saved.isPresent()) {
      try {
        this.current = PolicyCodec.epoch(saved.get());
      } catch (IllegalArgumentException e) {
        throw new IOException("the file of policy's epoch is damaged: remove it", e);
      }
    }
  }

  /** The newest statement; empty in the time before the first. */
  public Optional<EpochStatement> current() {
    return Optional.ofNullable(current);
  }

  /** As {@link EpochStatement#label}; empty in the time before the first. */
  public String label() {
    return current().map(EpochStatement::label).orElse("");
  }

  /** What others are told; no bytes in the time before the first. */
  public byte[] encoded() {
    return current().map(PolicyCodec::encode).orElse(new byte[0]);
  }

  /** Tells that of every newer statement, on the thread that learned it. */
  public void onNewer(Consumer<EpochStatement> listener) {
    listeners.add(listener);
  }

  /** Whether an operator of this mesh made that statement. */
  public boolean proven(EpochStatement statement) {
    return statement.mesh().equals(mesh) && signed.test(statement);
  }

  /** Learns what somebody else knows, as {@link #encoded} gave it there. */
  public Standing hear(byte[] encoded) {
    if (Arrays.equals(encoded, encoded())) {
      return Standing.SAME;
    }
    if (encoded.length == 0) {
      return Standing.OLDER;
    }
    try {
      return hear(PolicyCodec.epoch(encoded));
    } catch (IllegalArgumentException e) {
      return Standing.UNPROVEN;
    }
  }

  /** Learns a statement. */
  public Standing hear(EpochStatement heard) {
    synchronized (this) {
      EpochStatement known = current;
      if (known != null && !heard.supersedes(known)) {
        return known.supersedes(heard) ? Standing.OLDER : Standing.SAME;
      }
      if (!proven(heard)) {
        log.warn("no operator of this mesh signed epoch {}: it is not believed", heard.label());
        return Standing.UNPROVEN;
      }
      try {
        file.save(PolicyCodec.encode(heard));
      } catch (IOException e) {
        log.error("cannot keep policy's epoch {}: {}", heard.number(), e.getMessage());
        return Standing.UNPROVEN;
      }
      current = heard;
    }
    log.warn(
        "policy begins epoch {}: operator {} declared its voters lost; node {} goes on alone",
        heard.number(),
        heard.operator().shortName(),
        heard.node().shortName());
    listeners.forEach(listener -> listener.accept(heard));
    return Standing.SAME;
  }
}
