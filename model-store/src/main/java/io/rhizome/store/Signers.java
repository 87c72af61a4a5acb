// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

/** Knows whose models may be kept, relayed and run. Any thread; does not block; never throws. */
@FunctionalInterface
public interface Signers {
  /**
   * Whether that key is trusted to sign models and made this signature over {@link
   * SignedManifest#signedBytes} of that id. False for anything malformed.
   *
   * @param signer SHA-256 of the signer's public key, 32 bytes
   * @param manifestId the manifest's digest
   * @param signature ECDSA P-256 with SHA-256, DER
   */
  boolean trusted(byte[] signer, Digest manifestId, byte[] signature);
}
