// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.gossip.NodeId;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Accepts a certificate for its key alone. TLS itself proves that the peer holds the private half,
 * so nothing else in the certificate needs to be believed.
 */
final class PinnedKeys extends X509ExtendedTrustManager {
  private final Predicate<NodeId> admitted;
  private final @Nullable NodeId expected;

  /** Accepts the expected node only, or every admitted node where none is expected. */
  PinnedKeys(Predicate<NodeId> admitted, @Nullable NodeId expected) {
    this.admitted = admitted;
    this.expected = expected;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("the peer showed no certificate");
    }
    NodeId peer = NodeId.ofPublicKey(chain[0].getPublicKey().getEncoded());
    if (expected != null && !expected.equals(peer)) {
      throw new CertificateException(
          "expected node " + expected.shortName() + " there, found " + peer.shortName());
    }
    if (!admitted.test(peer)) {
      throw new CertificateException(
          "node " + peer.shortName() + " is not admitted to this mesh (not in the roster)");
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
