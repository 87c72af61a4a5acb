// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with SHA-256 (RFC 5869). */
final class Hkdf {
  private static final String HMAC = "HmacSHA256";
  private static final int HASH_BYTES = 32;

  private final Mac mac;

  private Hkdf(Mac mac) {
    this.mac = mac;
  }

  /** Extracts a key to expand from. */
  static Hkdf extract(byte[] keyMaterial, byte[] salt) {
    byte[] pseudoRandomKey =
        keyed(salt.length == 0 ? new byte[HASH_BYTES] : salt).doFinal(keyMaterial);
    Hkdf extracted = new Hkdf(keyed(pseudoRandomKey));
    Arrays.fill(pseudoRandomKey, (byte) 0);
    return extracted;
  }

  /** Expands to {@code length} bytes, at most 8,160; other bytes for any other info. */
  byte[] expand(byte[] info, int length) {
    byte[] output = new byte[length];
    byte[] block = new byte[0];
    for (int at = 0, counter = 1; at < length; at += HASH_BYTES, counter++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) counter);
      block = mac.doFinal();
      System.arraycopy(block, 0, output, at, Math.min(HASH_BYTES, length - at));
    }
    return output;
  }

  private static Mac keyed(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
