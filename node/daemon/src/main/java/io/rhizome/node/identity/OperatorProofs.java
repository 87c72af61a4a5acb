// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.grpc.Status;
import io.rhizome.gossip.NodeId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.function.LongSupplier;

/**
 * Checks that an operator asked for exactly this call on exactly this node, just now, once. Any
 * thread; does not block.
 */
public final class OperatorProofs {
  private static final byte[] DOMAIN = Signing.domain("rhizome-admin-v1");

  private final NodeId self;
  private final Admitted admitted;
  private final Nonces nonces;

  /**
   * Proofs for calls on this node.
   *
   * @param nanoClock such as {@link System#nanoTime}
   */
  public OperatorProofs(NodeId self, Admitted admitted, LongSupplier nanoClock) {
    this.self = self;
    this.admitted = admitted;
    this.nonces = new Nonces(nanoClock);
  }

  /** The node that these proofs are for. */
  public NodeId self() {
    return self;
  }

  /** A nonce that serves for one proof within a minute. */
  public byte[] issueNonce() {
    return nonces.issue();
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
    Status status = nonces.check(nonce);
    if (!status.isOk()) {
      return status;
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
    return nonces.useUp(nonce);
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
