// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.grpc.Status;
import io.rhizome.gossip.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
 * Checks that an operator asked for exactly this call on exactly this node, just now, once. Any
 * thread; does not block.
 */
public final class OperatorProofs {
  private static final byte[] DOMAIN = Signing.domain("rhizome-admin-v1");
  private static final long VALID_NANOS = 60_000_000_000L;
  private static final int MAX_USED = 4096;
  private static final int BODY_BYTES = Long.BYTES + 16;
  private static final int MAC_BYTES = 16;

  private final NodeId self;
  private final Admitted admitted;
  private final LongSupplier nanoClock;
  private final SecureRandom random = new SecureRandom();
  private final SecretKeySpec secret;
  /* Nonces are not stored when they are given out, for anyone may ask for them: each carries its
   * time and a MAC instead. Only those that an operator used are remembered, until they expire. */
  private final SortedMap<ByteBuffer, Long> used = new TreeMap<>();

  /**
   * Proofs for calls on this node.
   *
   * @param nanoClock such as {@link System#nanoTime}
   */
  public OperatorProofs(NodeId self, Admitted admitted, LongSupplier nanoClock) {
    this.self = self;
    this.admitted = admitted;
    this.nanoClock = nanoClock;
    byte[] key = new byte[32];
    random.nextBytes(key);
    this.secret = new SecretKeySpec(key, "HmacSHA256");
  }

  /** The node that these proofs are for. */
  public NodeId self() {
    return self;
  }

  /** A nonce that serves for one proof within a minute. */
  public byte[] issueNonce() {
    byte[] body = new byte[BODY_BYTES];
    random.nextBytes(body);
    ByteBuffer.wrap(body).putLong(nanoClock.getAsLong());
    return Signing.join(body, mac(body));
  }

  /**
   * Whether the proof holds: {@code OK}, or {@code UNAUTHENTICATED} or {@code PERMISSION_DENIED}
   * with a message for the caller. A proof that holds is used up.
   *
   * @param method full gRPC method name, {@code rhizome.v1.AdminService/LoadModel}
   * @param operator 32 bytes, the id of the operator's key
   * @param firstMessage the first request message, encoded
   */
  public Status verify(
      String method, byte[] nonce, byte[] operator, byte[] signature, byte[] firstMessage) {
    long now = nanoClock.getAsLong();
    if (!issuedHere(nonce)) {
      return Status.UNAUTHENTICATED.withDescription(
          "the nonce is not from this node; ask it with Challenge for each call");
    }
    long issued = ByteBuffer.wrap(nonce).getLong();
    if (now - issued > VALID_NANOS) {
      return Status.UNAUTHENTICATED.withDescription(
          "the nonce is older than a minute; ask for a new one with Challenge");
    }
    if (operator.length != NodeId.BYTES || !admitted.isOperator(NodeId.of(operator))) {
      return Status.PERMISSION_DENIED.withDescription(
          "this key is no operator's in this mesh; pass an operator's with --operator-key");
    }
    byte[] message = message(method, self, nonce, firstMessage);
    if (!admitted.verify(NodeId.of(operator), message, signature)) {
      return Status.UNAUTHENTICATED.withDescription(
          "the operator's signature does not match this call on this node");
    }
    return useUp(nonce, issued, now);
  }

  private synchronized Status useUp(byte[] nonce, long issued, long now) {
    Iterator<Long> times = used.values().iterator();
    while (times.hasNext()) {
      if (now - times.next() > VALID_NANOS) {
        times.remove();
      }
    }
    if (used.size() >= MAX_USED) {
      return Status.RESOURCE_EXHAUSTED.withDescription("too many admin calls; try in a minute");
    }
    if (used.putIfAbsent(ByteBuffer.wrap(nonce.clone()), issued) != null) {
      return Status.UNAUTHENTICATED.withDescription(
          "the nonce was used before; ask for a new one with Challenge");
    }
    return Status.OK;
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

  /** What an operator signs to prove one call; see {@code Challenge} in admin.proto. */
  static byte[] message(String method, NodeId node, byte[] nonce, byte[] firstMessage) {
    byte[] digest;
    try {
      digest = MessageDigest.getInstance("SHA-256").digest(firstMessage);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    byte[] name = (method + "\0").getBytes(StandardCharsets.UTF_8);
    return Signing.join(DOMAIN, name, node.bytes(), nonce, digest);
  }
}
