// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Public keys of nodes and operators: EC P-256, signing with ECDSA and SHA-256. */
public final class PublicKeys {
  private static final int P256_BITS = 256;

  private PublicKeys() {}

  /**
   * Reads a key.
   *
   * @param base64 its SubjectPublicKeyInfo in DER
   * @throws IllegalArgumentException where it is none
   */
  public static PublicKey parse(String base64) {
    byte[] der = Base64.getDecoder().decode(base64);
    try {
      PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
      if (key instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() == P256_BITS) {
        return key;
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not an EC P-256 key: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException("not an EC P-256 key");
  }

  /** What {@link #parse} reads. */
  public static String text(PublicKey key) {
    return Base64.getEncoder().encodeToString(key.getEncoded());
  }

  /** Whether the holder of that key made this signature over this message. */
  public static boolean verify(PublicKey key, byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("SHA256withECDSA");
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      // The signature is not even DER: it comes from outside, and it is not this signer's.
      return false;
    }
  }
}
