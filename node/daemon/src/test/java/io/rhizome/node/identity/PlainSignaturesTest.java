// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import org.junit.jupiter.api.Test;

class PlainSignaturesTest {
  private static final byte[] MESSAGE = "a record".getBytes(StandardCharsets.UTF_8);

  @Test
  void hasSixtyFourBytesAndIsTheSameInDerAgain() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    for (int i = 0; i < 300; i++) {
      Signature signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(keys.getPrivate());
      signer.update(MESSAGE);
      byte[] der = signer.sign();
      byte[] plain = PlainSignatures.ofDer(der);
      assertThat(plain).hasSize(64);
      assertThat(PlainSignatures.toDer(plain)).isEqualTo(der);
    }
  }

  @Test
  void theJdkTakesItForWhatItIs() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(keys.getPrivate());
    signer.update(MESSAGE);
    byte[] plain = PlainSignatures.ofDer(signer.sign());
    Signature verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
    verifier.initVerify(keys.getPublic());
    verifier.update(MESSAGE);
    assertThat(verifier.verify(plain)).isTrue();
  }

  @Test
  void whatIsNoSignatureIsNone() {
    assertThat(PlainSignatures.toDer(new byte[0])).isEmpty();
    assertThat(PlainSignatures.toDer(new byte[63])).isEmpty();
    assertThat(PlainSignatures.toDer(new byte[65])).isEmpty();
    byte[] tooLarge = new byte[64];
    java.util.Arrays.fill(tooLarge, (byte) 0xff);
    assertThat(PlainSignatures.toDer(tooLarge)).isEmpty();
    assertThatThrownBy(() -> PlainSignatures.ofDer(new byte[] {1, 2, 3}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
