// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.protocol.inference.GRPCInferenceServiceGrpc;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Date;
import javax.net.ssl.SSLSession;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Stands for a holder of the echo model: one port in plain text, one with TLS by its own key. */
final class EchoServer implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private final Server plain;
  private final Server tls;
  private final NodeId id;
  private volatile String suite = "none";

  EchoServer() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    id = NodeId.ofPublicKey(keys.getPublic().getEncoded());
    SslContext context =
        GrpcSslContexts.configure(
                SslContextBuilder.forServer(keys.getPrivate(), certificate(keys)),
                SslProvider.OPENSSL)
            .protocols("TLSv1.3")
            .build();
    plain = builder().build().start();
    tls = builder().sslContext(context).intercept(new SuiteWatch()).build().start();
  }

  private static NettyServerBuilder builder() {
    return NettyServerBuilder.forAddress(EventLoops.loopback(0))
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .directExecutor()
        .addService(new Service());
  }

  @SuppressWarnings("JavaUtilDate") // the builder takes no other
  private static X509Certificate certificate(KeyPair keys) throws Exception {
    X500Name name = new X500Name("CN=echo");
    // Dates mean nothing between nodes: this one has long expired.
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name, BigInteger.ONE, new Date(0), new Date(1), name, keys.getPublic());
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  NodeId id() {
    return id;
  }

  int plainPort() {
    return plain.getPort();
  }

  int tlsPort() {
    return tls.getPort();
  }

  @Override
  public void close() {
    plain.shutdownNow();
    tls.shutdownNow();
  }

  /** The suite of the last call that came over TLS. */
  String suite() {
    return suite;
  }

  private final class SuiteWatch implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      suite = session == null ? "none" : session.getCipherSuite();
      return next.startCall(call, headers);
    }
  }

  private static final class Service extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> out) {
      if (!request.getModelName().equals(Echo.MODEL)) {
        out.onError(Status.NOT_FOUND.withDescription("no such model").asRuntimeException());
        return;
      }
      ModelInferRequest.InferInputTensor input = request.getInputs(0);
      out.onNext(
          ModelInferResponse.newBuilder()
              .setModelName(request.getModelName())
              .addOutputs(
                  ModelInferResponse.InferOutputTensor.newBuilder()
                      .setName("y")
                      .setDatatype(input.getDatatype())
                      .addAllShape(input.getShapeList()))
              .addRawOutputContents(request.getRawInputContents(0))
              .build());
      out.onCompleted();
    }
  }
}
