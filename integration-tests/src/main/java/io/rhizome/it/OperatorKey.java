// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import com.google.protobuf.MessageLite;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.MetadataUtils;
import io.rhizome.gossip.NodeId;
import io.rhizome.v1.AdminServiceGrpc;
import io.rhizome.v1.ChallengeRequest;
import io.rhizome.v1.ChallengeResponse;
import io.rhizome.v1.LoadModelProgress;
import io.rhizome.v1.LoadModelRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.util.Iterator;

/** Proves calls as admin.proto describes it, without a process for each. Any thread. */
public final class OperatorKey {
  private final KeyPair keys;

  /** Proves with these keys, an operator's or not. */
  public OperatorKey(KeyPair keys) {
    this.keys = keys;
  }

  /** Reads the key file that {@code rhizome init} made. */
  public static OperatorKey read(Path file) throws IOException {
    KeyFile key = KeyFile.read(file);
    return new OperatorKey(new KeyPair(key.certificate().getPublicKey(), key.key()));
  }

  /** The operator's id. */
  public NodeId id() {
    return NodeId.ofPublicKey(keys.getPublic().getEncoded());
  }

  /** Signs these bytes, SHA256withECDSA. */
  public byte[] sign(byte[] bytes) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(bytes);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK signs with P-256", e);
    }
  }

  /** Loads the newest version of a model; the progress ends within that limit. */
  public Iterator<LoadModelProgress> load(NodeClient node, String model, Duration limit) {
    LoadModelRequest request = LoadModelRequest.newBuilder().setName(model).build();
    return node.admin(limit)
        .withInterceptors(proof(node, AdminServiceGrpc.getLoadModelMethod(), request, limit))
        .loadModel(request);
  }

  /** Proves one call of that method with that request, after asking the node for a challenge. */
  public ClientInterceptor proof(
      NodeClient node, MethodDescriptor<?, ?> method, MessageLite request, Duration limit) {
    ChallengeResponse challenge =
        node.admin(limit).challenge(ChallengeRequest.getDefaultInstance());
    ByteArrayOutputStream signed = new ByteArrayOutputStream();
    signed.writeBytes(bytes("rhizome-admin-v1\0"));
    signed.writeBytes(bytes(method.getFullMethodName() + "\0"));
    signed.writeBytes(challenge.getNodeId().toByteArray());
    signed.writeBytes(challenge.getNonce().toByteArray());
    signed.writeBytes(sha256(request.toByteArray()));
    Metadata proof = new Metadata();
    proof.put(key("rhizome-operator-bin"), sha256(keys.getPublic().getEncoded()));
    proof.put(key("rhizome-nonce-bin"), challenge.getNonce().toByteArray());
    proof.put(key("rhizome-signature-bin"), sign(signed.toByteArray()));
    return MetadataUtils.newAttachHeadersInterceptor(proof);
  }

  private static Metadata.Key<byte[]> key(String name) {
    return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
