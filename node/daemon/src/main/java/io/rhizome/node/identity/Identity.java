// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.config.ConfigException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * An ECDSA P-256 key pair: a node's, or an operator's. Immutable; any thread.
 *
 * <p>On disk it is a PKCS#8 PEM file of mode 0600. A replaced key is another node.
 */
public final class Identity {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";
  private static final int P256_BITS = 256;

  private final PrivateKey privateKey;
  private final PublicKey publicKey;
  private final NodeId id;

  private Identity(PrivateKey privateKey, PublicKey publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    this.id = NodeId.ofPublicKey(publicKey.getEncoded());
  }

  /**
   * Reads the key file, or makes a new key pair and writes it, forced to disk, if there is none.
   */
  public static Identity loadOrCreate(Path file) throws IOException {
    if (Files.exists(file)) {
      return load(file);
    }
    Identity created = generate();
    String body =
        Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(created.privateKey.getEncoded());
    DurableFile.write(file, BEGIN + "\n" + body + "\n" + END + "\n");
    return created;
  }

  /**
   * Reads a key file; {@link ConfigException} if it is absent, is no P-256 key, or if others than
   * its owner can read it.
   */
  public static Identity load(Path file) throws IOException {
    String text = DurableFile.readSecret(file);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new ConfigException(
          file + ": no '" + BEGIN + "' in it; expected a PKCS#8 PEM file of an EC P-256 key");
    }
    String body = text.substring(begin + BEGIN.length(), end).replaceAll("\\s", "");
    try {
      byte[] der = Base64.getDecoder().decode(body.getBytes(StandardCharsets.US_ASCII));
      PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
      if (key instanceof ECPrivateKey ec && ec.getParams().getOrder().bitLength() == P256_BITS) {
        return new Identity(key, publicKeyOf(ec));
      }
      throw new ConfigException(file + ": not an EC P-256 key");
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new ConfigException(file + ": damaged key file: " + e.getMessage(), e);
    }
  }

  private static Identity generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      return new Identity(pair.getPrivate(), pair.getPublic());
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
    return publicKey;
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

  /** A fresh self-signed certificate that carries the public key; its dates mean nothing. */
  public X509Certificate certificate() {
    return SelfSigned.certificate(id.shortName(), privateKey, publicKey);
  }

  PrivateKey privateKey() {
    return privateKey;
  }
}
