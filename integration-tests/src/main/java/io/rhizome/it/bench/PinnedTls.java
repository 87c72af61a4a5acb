// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.rhizome.gossip.NodeId;
import io.rhizome.it.KeyFile;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A TLS client that accepts one key, as nodes do among themselves: TLS 1.3 on BoringSSL, which on
 * processors with AES chooses TLS_AES_128_GCM_SHA256. Names and dates in certificates mean nothing.
 */
public final class PinnedTls {
  private PinnedTls() {}

  /** A context that trusts whoever holds the key that this id is the hash of. */
  static SslContext client(NodeId peer) throws SSLException {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .trustManager(new Pin(peer))
        .build();
  }

  /** As {@link #client(NodeId)}, and this end proves that it holds a key of its own. */
  public static SslContext client(NodeId peer, KeyFile own) throws SSLException {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .keyManager(own.key(), own.certificate())
        .trustManager(new Pin(peer))
        .build();
  }

  private static final class Pin extends X509ExtendedTrustManager {
    private final NodeId peer;

    Pin(NodeId peer) {
      this.peer = peer;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      NodeId shown = NodeId.ofPublicKey(chain[0].getPublicKey().getEncoded());
      if (!shown.equals(peer)) {
        throw new CertificateException("key of " + shown.shortName() + ", not " + peer.shortName());
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("this is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      throw new CertificateException("this is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("this is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
