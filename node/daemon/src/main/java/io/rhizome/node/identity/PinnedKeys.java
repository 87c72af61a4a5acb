// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.gossip.NodeId;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Accepts a certificate for its key alone. TLS itself proves that the peer holds the private half,
 * so nothing else in the certificate needs to be believed.
 */
final class PinnedKeys extends X509ExtendedTrustManager {
  /** Accepts every key: what its holder may do is decided later. */
  static final PinnedKeys ANY = new PinnedKeys(peer -> Optional.empty());

  private final Function<NodeId, Optional<String>> refusal;

  private PinnedKeys(Function<NodeId, Optional<String>> refusal) {
    this.refusal = refusal;
  }

  /** Accepts that node's key. */
  static PinnedKeys only(NodeId expected) {
    return new PinnedKeys(
        peer ->
            expected.equals(peer)
                ? Optional.empty()
                : Optional.of(
                    "expected node " + expected.shortName() + " there, found " + peer.shortName()));
  }

  /** Accepts the keys that are admitted at the time. */
  static PinnedKeys admitted(Admitted admitted) {
    return new PinnedKeys(
        peer ->
            admitted.isNode(peer)
                ? Optional.empty()
                : Optional.of("node " + peer.shortName() + " is not admitted to this mesh"));
  }

  /** Accepts the keys of those nodes, asked at each connection. */
  static PinnedKeys where(Predicate<NodeId> accepted) {
    return new PinnedKeys(
        peer ->
            accepted.test(peer)
                ? Optional.empty()
                : Optional.of("node " + peer.shortName() + " does not belong here"));
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("the peer showed no certificate");
    }
    NodeId peer = NodeId.ofPublicKey(chain[0].getPublicKey().getEncoded());
    Optional<String> why = refusal.apply(peer);
    if (why.isPresent()) {
      throw new CertificateException(why.get());
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
