// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import io.rhizome.node.models.ManifestJson;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;

/** Between a signed manifest and its message. */
public final class ManifestMessages {
  private ManifestMessages() {}

  /** As it travels. */
  public static io.rhizome.v1.SignedManifest toMessage(SignedManifest manifest) {
    return io.rhizome.v1.SignedManifest.newBuilder()
        .setManifest(ByteString.copyFrom(manifest.canonicalJson()))
        .setSigner(ByteString.copyFrom(manifest.signer()))
        .setSignature(ByteString.copyFrom(manifest.signature()))
        .build();
  }

  /** As it is used; checked for form, not for trust. */
  public static SignedManifest fromMessage(io.rhizome.v1.SignedManifest message)
      throws MalformedException {
    byte[] json = message.getManifest().toByteArray();
    try {
      Manifest manifest = ManifestJson.parse(json);
      return new SignedManifest(
          manifest, json, message.getSigner().toByteArray(), message.getSignature().toByteArray());
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), e);
    }
  }
}
