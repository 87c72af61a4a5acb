// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.encoding.StreamDecoderFactory;
import com.linecorp.armeria.common.encoding.StreamEncoderFactories;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.cors.CorsService;
import com.linecorp.armeria.server.cors.CorsServiceBuilder;
import com.linecorp.armeria.server.encoding.DecodingService;
import com.linecorp.armeria.server.encoding.EncodingService;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.rhizome.node.access.Door;
import io.rhizome.node.access.Right;
import io.rhizome.node.api.ModelControl;
import io.rhizome.node.api.ServedModels;
import io.rhizome.node.api.TenantJobs;
import io.rhizome.node.mesh.EventLoops;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.Serving;
import io.rhizome.node.serving.ServingError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.KeyStore.PrivateKeyEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The public HTTP port, HTTP/1.1 and HTTP/2, in plain text or over TLS by the node's own key. */
public final class RestServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RestServer.class);
  private static final int MIN_COMPRESSED_BYTES = 1024;
  private static final int MAX_HEADER_BYTES = 16 << 10;
  private static final long CUT_OFF_FACTOR = 4;
  private static final Duration IDLE_LIMIT = Duration.ofSeconds(60);
  private static final Duration QUIET = Duration.ofMillis(20);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Server server;
  private final AtomicBoolean leaving;
  private CompletableFuture<?> stopped = CompletableFuture.completedFuture(null);

  /**
   * How it serves.
   *
   * @param defaultTimeout for requests that bring no deadline
   * @param maxBytes largest body, unpacked
   * @param corsOrigins origins whose pages may call it, {@code *} for all; empty for none
   * @param tls the key to speak TLS by; null for plain text
   */
  public record Settings(
      Duration defaultTimeout,
      int maxBytes,
      List<String> corsOrigins,
      @Nullable PrivateKeyEntry tls) {
    public Settings {
      corsOrigins = List.copyOf(corsOrigins);
    }
  }

  private RestServer(Server server, AtomicBoolean leaving) {
    this.server = server;
    this.leaving = leaving;
  }

  /**
   * Listens there. Blocks.
   *
   * @param door who may do what here
   * @param ready whether this node serves
   * @param metrics makes what Prometheus scrapes
   * @param blocking where large JSON bodies are read, jobs looked after and metrics made; all else
   *     runs on the event loops
   * @throws IOException naming the address where that fails
   */
  public static RestServer start(
      InetSocketAddress address,
      Settings settings,
      Door door,
      Serving serving,
      ServedModels served,
      ModelControl control,
      TenantJobs jobs,
      BooleanSupplier ready,
      Supplier<String> metrics,
      EventLoops loops,
      Executor blocking)
      throws IOException {
    BodyReader.Limit limit = new BodyReader.Limit(settings.maxBytes(), "request.maxBytes");
    RestErrors errors = new RestErrors(limit);
    ServerBuilder builder = base(address, settings, loops).errorHandler(errors);
    RestGuard guard = new RestGuard(door);
    InferEndpoint infer =
        new InferEndpoint(
            new InferEndpoint.Parts(
                door.access(),
                serving,
                served,
                loops,
                blocking,
                errors,
                settings.defaultTimeout().toNanos(),
                limit));
    for (String version : new String[] {"", "/versions/{version}"}) {
      builder.service(
          Route.builder()
              .path("/v2/models/{model}" + version + "/infer")
              .methods(HttpMethod.POST)
              .build(),
          guard.of(Right.INFER, infer));
    }
    if (!settings.corsOrigins().isEmpty()) {
      builder.decorator(cors(settings.corsOrigins()));
    }
    new ModelEndpoints(guard, served, control, ready, serving.inFlightBytes(), errors)
        .addTo(builder);
    new JobEndpoints(
            guard, new JobEndpoints.Parts(jobs, serving.inFlightBytes(), limit, errors, blocking))
        .addTo(builder);
    builder.service(
        Route.builder().path("/metrics").methods(HttpMethod.GET, HttpMethod.HEAD).build(),
        guard.of(Right.OBSERVE, new MetricsEndpoint(metrics, blocking)));
    AtomicBoolean leaving = new AtomicBoolean();
    builder.decorator(
        (delegate, ctx, request) -> leaving.get() ? leave(ctx) : delegate.serve(ctx, request));
    Server server = builder.build();
    try {
      server.start().join();
    } catch (CompletionException e) {
      throw new IOException("Failed to bind to address " + address, e.getCause());
    }
    return new RestServer(server, leaving);
  }

  private static ServerBuilder base(
      InetSocketAddress address, Settings settings, EventLoops loops) {
    return listening(address, settings.tls())
        .workerGroup(loops.group(), false)
        .bossGroupFactory(loops::acceptor)
        .disableServerHeader()
        // Who reads a body has a limit for it and answers so that the client can read why; beyond
        // this the connection is cut.
        .maxRequestLength((long) settings.maxBytes() * CUT_OFF_FACTOR)
        .http1MaxHeaderSize(MAX_HEADER_BYTES)
        .idleTimeout(IDLE_LIMIT)
        // Guards the time until a request is here whole; then the exchange keeps its deadline.
        .requestTimeout(settings.defaultTimeout().plus(GRACE))
        .gracefulShutdownTimeout(QUIET, STOP_LIMIT)
        // Measures nothing; one for each, since two nodes in a process would meet in a shared one.
        .meterRegistry(new CompositeMeterRegistry())
        .decorator(
            DecodingService.newDecorator(
                StreamDecoderFactory.gzip(), StreamDecoderFactory.deflate()))
        .decorator(
            EncodingService.builder()
                .encoderFactories(StreamEncoderFactories.GZIP, StreamEncoderFactories.DEFLATE)
                .encodableContentTypes(type -> true)
                .minBytesToForceChunkedEncoding(MIN_COMPRESSED_BYTES)
                .newDecorator());
  }

  private static ServerBuilder listening(InetSocketAddress address, @Nullable PrivateKeyEntry tls) {
    if (tls == null) {
      return Server.builder().http(address);
    }
    X509Certificate certificate = (X509Certificate) tls.getCertificate();
    return Server.builder()
        .https(address)
        .tls(TlsKeyPair.of(tls.getPrivateKey(), certificate))
        .tlsCustomizer(context -> context.protocols("TLSv1.3"));
  }

  private static Function<? super HttpService, CorsService> cors(List<String> origins) {
    CorsServiceBuilder cors =
        origins.contains("*") ? CorsService.builderForAnyOrigin() : CorsService.builder(origins);
    return cors.allowRequestMethods(HttpMethod.GET, HttpMethod.POST)
        .allowRequestHeaders(
            HttpHeaderNames.CONTENT_TYPE,
            HttpHeaderNames.CONTENT_ENCODING,
            HttpHeaderNames.AUTHORIZATION,
            RestGuard.API_KEY,
            InferEndpoint.JSON_BYTES)
        .exposeHeaders(
            InferEndpoint.JSON_BYTES, InferEndpoint.POLICY_AGE, HttpHeaderNames.RETRY_AFTER)
        .newDecorator();
  }

  /** The port it listens on. */
  public int port() {
    return server.activeLocalPort();
  }

  /** Whoever comes while others' requests still run is sent elsewhere. */
  private static HttpResponse leave(ServiceRequestContext ctx) {
    var unused = ctx.initiateConnectionShutdown();
    return RestErrors.respond(
        new ServingError(ErrorCode.UNAVAILABLE, "the node is draining; ask another"));
  }

  /** Takes no more requests; those that run go on. */
  public void shutdown() {
    leaving.set(true);
    stopped = server.stop();
  }

  /** Waits until what runs has ended, at most until then ({@link System#nanoTime()}). Blocks. */
  public void awaitEnd(long atNanos) throws InterruptedException {
    try {
      stopped.get(Math.max(0, atNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      log.warn("requests over REST were cut off");
    } catch (ExecutionException e) {
      log.warn("the HTTP port did not stop cleanly", e.getCause());
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
