// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import io.rhizome.gossip.NodeId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * A key as nodes and operators keep it.
 *
 * @param key the private half, P-256
 * @param certificate carries the public half; its names and dates mean nothing
 */
public record KeyFile(PrivateKey key, X509Certificate certificate) {
  /** Reads a key file; {@link IOException} where it is none. */
  public static KeyFile read(Path file) throws IOException {
    String pem = Files.readString(file);
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(block("CERTIFICATE", pem)));
      PrivateKey key =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(block("PRIVATE KEY", pem)));
      return new KeyFile(key, certificate);
    } catch (GeneralSecurityException e) {
      throw new IOException("no key in " + file, e);
    }
  }

  private static byte[] block(String label, String pem) {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    String body = pem.substring(pem.indexOf(begin) + begin.length(), pem.indexOf(end));
    return Base64.getMimeDecoder().decode(body.getBytes(StandardCharsets.US_ASCII));
  }

  /** The id of the node whose key this is. */
  public NodeId id() {
    return NodeId.ofPublicKey(certificate.getPublicKey().getEncoded());
  }
}
