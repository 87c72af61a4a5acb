// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.rhizome.v1.AdminServiceGrpc;
import io.rhizome.v1.ChallengeRequest;
import io.rhizome.v1.ChallengeResponse;
import io.rhizome.v1.LoadModelProgress;
import io.rhizome.v1.LoadModelRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;

/** Loads models with a proof as admin.proto describes it, without a process for each. */
public final class OperatorKey {
  private final KeyPair keys;

  /** Proves with these keys, an operator's or not. */
  public OperatorKey(KeyPair keys) {
    this.keys = keys;
  }

  /** Reads the key file that {@code rhizome init} made. */
  public static OperatorKey read(Path file) throws IOException {
    String pem = Files.readString(file);
    try {
      PublicKey key =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block("CERTIFICATE", pem)))
              .getPublicKey();
      return new OperatorKey(
          new KeyPair(
              key,
              KeyFactory.getInstance("EC")
                  .generatePrivate(new PKCS8EncodedKeySpec(block("PRIVATE KEY", pem)))));
    } catch (GeneralSecurityException e) {
      throw new IOException("no operator's key in " + file, e);
    }
  }

  private static byte[] block(String label, String pem) {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    return Base64.getMimeDecoder()
        .decode(pem.substring(pem.indexOf(begin) + begin.length(), pem.indexOf(end)));
  }

  /** Loads the newest version of a model; the progress ends within that limit. */
  public Iterator<LoadModelProgress> load(NodeClient node, String model, Duration limit) {
    LoadModelRequest request = LoadModelRequest.newBuilder().setName(model).build();
    ChallengeResponse challenge =
        node.admin(limit).challenge(ChallengeRequest.getDefaultInstance());
    return node.admin(limit).withInterceptors(proof(challenge, request)).loadModel(request);
  }

  private ClientInterceptor proof(ChallengeResponse challenge, LoadModelRequest request) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(bytes("rhizome-admin-v1\0"));
      signature.update(bytes(AdminServiceGrpc.getLoadModelMethod().getFullMethodName() + "\0"));
      signature.update(challenge.getNodeId().toByteArray());
      signature.update(challenge.getNonce().toByteArray());
      signature.update(sha256(request.toByteArray()));
      Metadata proof = new Metadata();
      proof.put(key("rhizome-operator-bin"), sha256(keys.getPublic().getEncoded()));
      proof.put(key("rhizome-nonce-bin"), challenge.getNonce().toByteArray());
      proof.put(key("rhizome-signature-bin"), signature.sign());
      return MetadataUtils.newAttachHeadersInterceptor(proof);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK signs with P-256", e);
    }
  }

  private static Metadata.Key<byte[]> key(String name) {
    return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }
}
