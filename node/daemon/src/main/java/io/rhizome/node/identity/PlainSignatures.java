// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.nist.NISTNamedCurves;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/** ECDSA signatures over P-256 as r and s, 32 bytes each (IEEE P1363), instead of DER. */
final class PlainSignatures {
  private static final BigInteger ORDER = NISTNamedCurves.getByName("P-256").getN();

  private PlainSignatures() {}

  /** 64 bytes. */
  static byte[] ofDer(byte[] der) {
    try {
      BigInteger[] parts = StandardDSAEncoding.INSTANCE.decode(ORDER, der);
      return PlainDSAEncoding.INSTANCE.encode(ORDER, parts[0], parts[1]);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a signature in DER", e);
    }
  }

  /** In DER; empty where these bytes are no signature. */
  static byte[] toDer(byte[] plain) {
    try {
      BigInteger[] parts = PlainDSAEncoding.INSTANCE.decode(ORDER, plain);
      return StandardDSAEncoding.INSTANCE.encode(ORDER, parts[0], parts[1]);
    } catch (IllegalArgumentException | IOException e) {
      return new byte[0];
    }
  }
}
