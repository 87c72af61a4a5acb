// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.grpc.Status;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Iterator;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Numbers that serve once, within a minute, at the node that gave them out. Any thread; does not
 * block.
 */
public final class Nonces {
  private static final long VALID_NANOS = 60_000_000_000L;
  private static final int MAX_USED = 4096;
  private static final int BODY_BYTES = Long.BYTES + 16;
  private static final int MAC_BYTES = 16;

  private final LongSupplier nanoClock;
  private final SecureRandom random = new SecureRandom();
  private final SecretKeySpec secret;
  /* Nonces are not stored when they are given out, for anyone may ask for them: each carries its
   * time and a MAC instead. Only those that were used are remembered, until they expire. */
  private final SortedMap<ByteBuffer, Long> used = new TreeMap<>();

  /**
   * Nonces of this node, of this run.
   *
   * @param nanoClock such as {@link System#nanoTime}
   */
  public Nonces(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    byte[] key = new byte[32];
    random.nextBytes(key);
    this.secret = new SecretKeySpec(key, "HmacSHA256");
  }

  /** A new one. */
  public byte[] issue() {
    byte[] body = new byte[BODY_BYTES];
    random.nextBytes(body);
    ByteBuffer.wrap(body).putLong(nanoClock.getAsLong());
    return Signing.join(body, mac(body));
  }

  /**
   * {@code OK} where this node gave it out within the last minute, else {@code UNAUTHENTICATED}.
   */
  public Status check(byte[] nonce) {
    if (!issuedHere(nonce)) {
      return Status.UNAUTHENTICATED.withDescription(
          "the nonce is not from this node; ask it with Challenge for each call");
    }
    return nanoClock.getAsLong() - ByteBuffer.wrap(nonce).getLong() > VALID_NANOS
        ? Status.UNAUTHENTICATED.withDescription(
            "the nonce is older than a minute; ask for a new one with Challenge")
        : Status.OK;
  }

  /** {@code OK} the first time; what this is called with has passed {@link #check}. */
  public synchronized Status useUp(byte[] nonce) {
    long now = nanoClock.getAsLong();
    Iterator<Long> times = used.values().iterator();
    while (times.hasNext()) {
      if (now - times.next() > VALID_NANOS) {
        times.remove();
      }
    }
    if (used.size() >= MAX_USED) {
      return Status.RESOURCE_EXHAUSTED.withDescription("too many such calls; try in a minute");
    }
    long issued = ByteBuffer.wrap(nonce).getLong();
    return used.putIfAbsent(ByteBuffer.wrap(nonce.clone()), issued) == null
        ? Status.OK
        : Status.UNAUTHENTICATED.withDescription(
            "the nonce was used before; ask for a new one with Challenge");
  }

  private boolean issuedHere(byte[] nonce) {
    if (nonce.length != BODY_BYTES + MAC_BYTES) {
      return false;
    }
    byte[] body = Arrays.copyOf(nonce, BODY_BYTES);
    byte[] tag = Arrays.copyOfRange(nonce, BODY_BYTES, nonce.length);
    return MessageDigest.isEqual(mac(body), tag);
  }

  private byte[] mac(byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      return Arrays.copyOf(mac.doFinal(body), MAC_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
