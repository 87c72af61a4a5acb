// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SignedManifestTest {
  @Test
  void isNamedByTheDigestOfItsJson() {
    SignedManifest signed = Manifests.signed("digits", 1);

    assertThat(signed.id()).isEqualTo(Digest.sha256(signed.canonicalJson()));
  }

  @Test
  void isSignedOverAContextAndItsId() {
    Digest id = Digest.sha256(new byte[] {1});

    byte[] message = SignedManifest.signedBytes(id);

    assertThat(message)
        .startsWith("rhizome-manifest-v1\0".getBytes(StandardCharsets.US_ASCII))
        .endsWith(id.bytes())
        .hasSize(20 + 32);
  }

  @Test
  void refusesASignerOrSignatureOfTheWrongSize() {
    Manifest manifest = Manifests.signed("digits", 1).manifest();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SignedManifest(manifest, new byte[1], new byte[31], new byte[70]))
        .withMessageContaining("signer");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SignedManifest(manifest, new byte[1], new byte[32], new byte[0]))
        .withMessageContaining("signature");
  }

  @Test
  void aFileNameMayNotBeListedTwice() {
    Manifest.File file = Manifests.file("model.pt", new byte[1]);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Manifests.signed("digits", 1, file, file))
        .withMessageContaining("file 'model.pt' is listed twice");
  }
}
