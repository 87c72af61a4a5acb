// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.gossip.NodeId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes the certificate that TLS wants around a bare key. Peers look at nothing but the key. */
final class SelfSigned {
  private static final Date NOT_BEFORE = Date.from(Instant.EPOCH);
  private static final Date NOT_AFTER = Date.from(Instant.parse("9999-12-31T23:59:59Z"));

  private SelfSigned() {}

  static X509Certificate certificate(PrivateKey privateKey, PublicKey publicKey) {
    NodeId id = NodeId.ofPublicKey(publicKey.getEncoded());
    X500Name subject = new X500Name("CN=" + id.shortName());
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            subject,
            BigInteger.ONE,
            NOT_BEFORE,
            NOT_AFTER,
            subject,
            SubjectPublicKeyInfo.getInstance(publicKey.getEncoded()));
    try {
      byte[] der =
          builder
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(privateKey))
              .getEncoded();
      return read(der);
    } catch (OperatorCreationException | CertificateException | IOException e) {
      throw new IllegalStateException("cannot make a certificate for this node's key", e);
    }
  }

  static X509Certificate read(byte[] der) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }
}
