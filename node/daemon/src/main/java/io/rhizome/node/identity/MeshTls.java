// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.rhizome.gossip.NodeId;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStore.PrivateKeyEntry;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS between nodes: 1.3 only, both sides prove possession of their keys. Names, dates and issuers
 * in certificates mean nothing. What a caller may do is decided at each call, for it may be revoked
 * while it is connected. Any thread.
 *
 * <p>BoringSSL where its native library loads, else the JDK's.
 */
public final class MeshTls {
  private static final List<String> CIPHERS = List.of("TLS_AES_128_GCM_SHA256");
  private static final String PROTOCOL = "TLSv1.3";

  /** Netty asks for a key store, if only in memory. The default kind takes 0.1 s to encrypt it. */
  private static final String KEY_STORE = "JKS";

  private static final char[] NO_PASSWORD = {};

  private static final String PEER = "rhizome.peer";
  private static final String NO_PEER = "rhizome.noPeer";

  private final Identity self;
  private final X509Certificate certificate;
  private final Admitted admitted;

  /** TLS as this node. */
  public MeshTls(Identity self, Admitted admitted) {
    this.self = self;
    this.certificate = self.certificate();
    this.admitted = admitted;
  }

  /** For the mesh port: whoever calls has proved its key. */
  public SslContext server() throws SSLException {
    return build(
        SslContextBuilder.forServer(self.privateKey(), certificate)
            .clientAuth(ClientAuth.REQUIRE)
            .trustManager(PinnedKeys.ANY));
  }

  /**
   * For connections to that one node: any other key at the far end fails the handshake. Keep it for
   * the life of the peer; it holds the sessions that make reconnecting cheap.
   */
  public SslContext client(NodeId expected) throws SSLException {
    return client(PinnedKeys.only(expected));
  }

  /** For connections to whichever admitted node is there. */
  public SslContext clientOfAny() throws SSLException {
    return client(PinnedKeys.admitted(admitted));
  }

  private SslContext client(PinnedKeys keys) throws SSLException {
    // Identity is the key, so the host name is not checked.
    return build(
        SslContextBuilder.forClient()
            .keyManager(self.privateKey(), certificate)
            .trustManager(keys)
            .endpointIdentificationAlgorithm(null));
  }

  /**
   * For a public port: this node proves its key; clients may prove one of theirs. Clients check the
   * node's, since there is no authority whose word they could take.
   */
  public SslContext publicServer() throws SSLException {
    return build(
        SslContextBuilder.forServer(self.privateKey(), certificate)
            .clientAuth(ClientAuth.OPTIONAL)
            .trustManager(PinnedKeys.ANY));
  }

  /**
   * For what makes TLS connections of its own, both ways, among nodes: this node proves its key,
   * and only those keys are accepted.
   */
  public SSLContext among(Predicate<NodeId> accepted) {
    try {
      KeyStore keys = KeyStore.getInstance(KEY_STORE);
      keys.load(null, null);
      keys.setKeyEntry("self", self.privateKey(), NO_PASSWORD, new Certificate[] {certificate});
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      context.init(
          managers.getKeyManagers(), new TrustManager[] {PinnedKeys.where(accepted)}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every JDK has TLS 1.3", e);
    }
  }

  /** This node's key and certificate, for servers that make TLS of their own. */
  public PrivateKeyEntry key() {
    return new PrivateKeyEntry(self.privateKey(), new X509Certificate[] {certificate});
  }

  /**
   * For connections to the public port of the node with that key.
   *
   * @param self the client's own key; null for nobody's
   */
  public static SslContext publicClient(NodeId expected, @Nullable Identity self)
      throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .trustManager(PinnedKeys.only(expected))
            .endpointIdentificationAlgorithm(null);
    return build(
        self == null ? builder : builder.keyManager(self.privateKey(), self.certificate()));
  }

  /** Whose key the other end of this session proved, where it did. */
  public static Optional<NodeId> optionalPeer(SSLSession session) {
    if (session.getValue(NO_PEER) != null) {
      return Optional.empty();
    }
    try {
      return Optional.of(peer(session));
    } catch (SSLPeerUnverifiedException e) {
      session.putValue(NO_PEER, NO_PEER);
      return Optional.empty();
    }
  }

  /** The key of whoever is at the other end; fails where no certificate was shown. */
  public static PublicKey peerKey(SSLSession session) throws SSLPeerUnverifiedException {
    return session.getPeerCertificates()[0].getPublicKey();
  }

  /** Who is at the other end of this session; fails where no certificate was shown. */
  public static NodeId peer(SSLSession session) throws SSLPeerUnverifiedException {
    if (session.getValue(PEER) instanceof NodeId known) {
      return known;
    }
    NodeId peer = NodeId.ofPublicKey(peerKey(session).getEncoded());
    session.putValue(PEER, peer);
    return peer;
  }

  private static SslContext build(SslContextBuilder builder) throws SSLException {
    SslProvider provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    return GrpcSslContexts.configure(builder, provider)
        .protocols(PROTOCOL)
        .ciphers(CIPHERS)
        .keyStoreType(KEY_STORE)
        .build();
  }
}
