// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** The Ed25519 key of a join token (RFC 8032); only its public half is in policy. */
public final class TokenKey {
  /** Length of the secret in bytes. */
  public static final int SEED_BYTES = 32;

  private static final int ID_BYTES = 10;
  private static final byte[] DOMAIN = "rhizome-join-v1\0".getBytes(StandardCharsets.US_ASCII);

  private final Ed25519PrivateKeyParameters secret;

  /** The key that this secret makes. */
  public TokenKey(byte[] seed) {
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException("a token's secret has 32 bytes, not " + seed.length);
    }
    this.secret = new Ed25519PrivateKeyParameters(seed);
  }

  /** A new secret. */
  public static byte[] newSeed() {
    byte[] seed = new byte[SEED_BYTES];
    new SecureRandom().nextBytes(seed);
    return seed;
  }

  /** The public half, 32 bytes. */
  public byte[] publicKey() {
    return secret.generatePublicKey().getEncoded();
  }

  /** What the token is called: 20 hexadecimal characters of the SHA-256 of its public key. */
  public String id() {
    return id(publicKey());
  }

  static String id(byte[] publicKey) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(publicKey);
      return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Signs a joiner's statement: 64 bytes. */
  public byte[] sign(byte[] statement) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, secret);
    signer.update(DOMAIN, 0, DOMAIN.length);
    signer.update(statement, 0, statement.length);
    return signer.generateSignature();
  }

  /** Whether the holder of that token signed this statement. */
  static boolean verify(byte[] publicKey, byte[] statement, byte[] signature) {
    if (publicKey.length != Ed25519PublicKeyParameters.KEY_SIZE) {
      return false;
    }
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(false, new Ed25519PublicKeyParameters(publicKey));
    verifier.update(DOMAIN, 0, DOMAIN.length);
    verifier.update(statement, 0, statement.length);
    return verifier.verifySignature(signature);
  }
}
