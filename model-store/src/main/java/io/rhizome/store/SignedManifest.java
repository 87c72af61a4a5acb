// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A manifest as it travels: its canonical JSON and a detached signature over that JSON's digest.
 * Immutable. That the signature holds is for {@link Signers} to say; having one of these says
 * nothing.
 */
public final class SignedManifest {
  /** Length of a signer's name, the SHA-256 of its public key. */
  public static final int SIGNER_BYTES = 32;

  /** No DER signature of ECDSA P-256 is longer. */
  public static final int MAX_SIGNATURE_BYTES = 80;

  private static final byte[] CONTEXT = "rhizome-manifest-v1\0".getBytes(StandardCharsets.US_ASCII);

  private final Digest id;
  private final Manifest manifest;
  private final byte[] canonicalJson;
  private final byte[] signer;
  private final byte[] signature;

  /**
   * Copies its arguments.
   *
   * @param manifest what {@code canonicalJson} says; the caller has parsed it
   * @param canonicalJson the manifest's canonical JSON (RFC 8785)
   * @param signer SHA-256 of the signer's public key (DER, SubjectPublicKeyInfo), 32 bytes
   * @param signature ECDSA P-256 with SHA-256, DER, over {@link #signedBytes}; 1 to 80 bytes
   */
  public SignedManifest(Manifest manifest, byte[] canonicalJson, byte[] signer, byte[] signature) {
    if (signer.length != SIGNER_BYTES) {
      throw new IllegalArgumentException("signer has 32 bytes, not " + signer.length);
    }
    if (signature.length < 1 || signature.length > MAX_SIGNATURE_BYTES) {
      throw new IllegalArgumentException("signature has 1 to 80 bytes, not " + signature.length);
    }
    this.id = Digest.sha256(canonicalJson);
    this.manifest = manifest;
    this.canonicalJson = canonicalJson.clone();
    this.signer = signer.clone();
    this.signature = signature.clone();
  }

  /** What a signer signs to vouch for the manifest of that id. */
  public static byte[] signedBytes(Digest id) {
    byte[] message = Arrays.copyOf(CONTEXT, CONTEXT.length + Digest.BYTES);
    System.arraycopy(id.bytes(), 0, message, CONTEXT.length, Digest.BYTES);
    return message;
  }

  /** The version's id: the SHA-256 of the canonical JSON. */
  public Digest id() {
    return id;
  }

  /** What the JSON says. */
  public Manifest manifest() {
    return manifest;
  }

  /** Where this version stands among the model's versions. */
  public ModelVersion version() {
    return new ModelVersion(manifest.version(), id);
  }

  /** A copy of the canonical JSON. */
  public byte[] canonicalJson() {
    return canonicalJson.clone();
  }

  /** A copy of the signer's 32 bytes. */
  public byte[] signer() {
    return signer.clone();
  }

  /** A copy of the DER signature. */
  public byte[] signature() {
    return signature.clone();
  }

  /** Whether a trusted key made this signature. */
  public boolean trustedBy(Signers signers) {
    return signers.trusted(signer(), id, signature());
  }

  /** Name, version and short id, for messages. */
  @Override
  public String toString() {
    return manifest.name() + " version " + manifest.version() + " (" + id.shortName() + ")";
  }
}
