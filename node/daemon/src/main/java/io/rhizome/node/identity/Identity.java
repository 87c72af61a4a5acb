// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.config.ConfigException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Optional;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * An ECDSA P-256 key pair: a node's, or an operator's. Immutable; any thread.
 *
 * <p>On disk it is a PEM file of mode 0600: the PKCS#8 private key, then a self-signed certificate
 * that carries the public key. A replaced key is another node.
 */
public final class Identity {
  private static final String KEY = "PRIVATE KEY";
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final int P256_BITS = 256;

  private final PrivateKey privateKey;
  private final X509Certificate certificate;
  private final NodeId id;

  private Identity(PrivateKey privateKey, X509Certificate certificate) {
    this.privateKey = privateKey;
    this.certificate = certificate;
    this.id = NodeId.ofPublicKey(certificate.getPublicKey().getEncoded());
  }

  /**
   * Reads the key file, or makes a new key pair and writes it, forced to disk, if there is none.
   */
  public static Identity loadOrCreate(Path file) throws IOException {
    if (Files.exists(file)) {
      return load(file);
    }
    Identity created = generate();
    try {
      DurableFile.write(
          file,
          Pem.block(KEY, created.privateKey.getEncoded())
              + Pem.block(CERTIFICATE, created.certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate made here can be written", e);
    }
    return created;
  }

  /**
   * Reads a key file; {@link ConfigException} if it is absent, is no P-256 key, or if others than
   * its owner can read it. A file without a certificate is fine: it is made anew.
   */
  public static Identity load(Path file) throws IOException {
    String text = DurableFile.readSecret(file);
    try {
      byte[] der =
          Pem.find(KEY, text)
              .orElseThrow(
                  () ->
                      new ConfigException(
                          file + ": no PKCS#8 PEM block 'PRIVATE KEY' of an EC P-256 key in it"));
      PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
      if (!(key instanceof ECPrivateKey ec) || ec.getParams().getOrder().bitLength() != P256_BITS) {
        throw new ConfigException(file + ": not an EC P-256 key");
      }
      ECPublicKey publicKey = publicKeyOf(ec);
      Optional<byte[]> stored = Pem.find(CERTIFICATE, text);
      if (stored.isEmpty()) {
        return new Identity(key, SelfSigned.certificate(key, publicKey));
      }
      X509Certificate certificate = SelfSigned.read(stored.get());
      if (!publicKey.equals(certificate.getPublicKey())) {
        throw new ConfigException(file + ": the certificate in it is not for the key in it");
      }
      return new Identity(key, certificate);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new ConfigException(file + ": damaged key file: " + e.getMessage(), e);
    }
  }

  private static Identity generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      return new Identity(
          pair.getPrivate(), SelfSigned.certificate(pair.getPrivate(), pair.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  private static ECPublicKey publicKeyOf(ECPrivateKey key) throws GeneralSecurityException {
    // The JDK reads a private key without its public half, so it is computed: d * G.
    var curve = CustomNamedCurves.getByName("P-256");
    var point = new FixedPointCombMultiplier().multiply(curve.getG(), key.getS()).normalize();
    BigInteger x = point.getAffineXCoord().toBigInteger();
    BigInteger y = point.getAffineYCoord().toBigInteger();
    ECPublicKeySpec spec = new ECPublicKeySpec(new ECPoint(x, y), key.getParams());
    return (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(spec);
  }

  /** SHA-256 of the public key. Operators' ids are made alike. */
  public NodeId nodeId() {
    return id;
  }

  /** The public key; {@code getEncoded()} is its SubjectPublicKeyInfo in DER. */
  public PublicKey publicKey() {
    return certificate.getPublicKey();
  }

  /** ECDSA with SHA-256 over this message, DER-encoded: at most 72 bytes. */
  public byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(privateKey);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot sign with this node's key", e);
    }
  }

  /** The self-signed certificate that carries the public key; its dates mean nothing. */
  public X509Certificate certificate() {
    return certificate;
  }

  PrivateKey privateKey() {
    return privateKey;
  }
}
