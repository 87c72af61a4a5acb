// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.serving.TraceContext;
import io.rhizome.node.serving.Tracing.Span;
import io.rhizome.scheduler.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OtlpTracingTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String CLIENT = "b7ad6b7169203331";
  private static final Request REQUEST = Request.entering("digits", 0, 10);
  private static final Request FORWARDED =
      REQUEST.forwardedBy(NodeId.ofPublicKey(new byte[] {1}), null);

  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final CountDownLatch collectorMayAnswer = new CountDownLatch(1);
  private final OtlpTracing entry = node("entry");
  private final OtlpTracing holder = node("holder");

  @AfterEach
  void stop() {
    collectorMayAnswer.countDown();
    entry.close();
    holder.close();
  }

  private OtlpTracing node(String name) {
    return new OtlpTracing(SimpleSpanProcessor.create(spans), new SpanCounts(), "id", name);
  }

  @Test
  void aClientsTraceGoesOnThroughTheHopToTheRun() {
    Span arriving =
        entry.arrived(REQUEST, new TraceContext("00-" + TRACE + "-" + CLIENT + "-01", "v=1"));
    Span forwarding = arriving.forward("holder");
    Span arrivingThere = holder.arrived(FORWARDED, forwarding.context());
    Span running = arrivingThere.run();
    running.times(3_000, 7_000);
    running.end();
    arrivingThere.end();
    forwarding.end();
    arriving.end();
    assertThat(forwarding.context().tracestate()).isEqualTo("v=1");
    assertThat(arrivingThere.traceId()).isEqualTo(TRACE);

    List<SpanData> ended = spans.getFinishedSpanItems();
    assertThat(ended).extracting(SpanData::getTraceId).containsOnly(TRACE);
    SpanData run = ended.get(0);
    SpanData there = ended.get(1);
    SpanData hop = ended.get(2);
    SpanData arrived = ended.get(3);
    assertThat(run.getParentSpanId()).isEqualTo(there.getSpanId());
    assertThat(there.getParentSpanId()).isEqualTo(hop.getSpanId());
    assertThat(hop.getParentSpanId()).isEqualTo(arrived.getSpanId());
    assertThat(arrived.getParentSpanId()).isEqualTo(CLIENT);
    assertThat(ended)
        .extracting(SpanData::getKind)
        .containsExactly(SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.SERVER);
    assertThat(run.getAttributes().get(AttributeKey.longKey("rhizome.queue_us"))).isEqualTo(3);
    assertThat(run.getAttributes().get(AttributeKey.longKey("rhizome.compute_us"))).isEqualTo(7);
    assertThat(there.getResource().getAttribute(AttributeKey.stringKey("rhizome.node")))
        .isEqualTo("holder");
  }

  @Test
  void aRequestWithoutATraceOrWithNonsenseBeginsOne() {
    entry.arrived(REQUEST, null).end();
    entry.arrived(REQUEST, new TraceContext("00-" + TRACE + "-nonsense", "")).end();

    assertThat(spans.getFinishedSpanItems())
        .hasSize(2)
        .allSatisfy(
            span -> {
              assertThat(span.getParentSpanId()).isEqualTo(SpanId.getInvalid());
              assertThat(span.getTraceId()).isNotEqualTo(TRACE);
            });
  }

  @Test
  void aTraceThatItsCallerDoesNotSampleIsPassedOnButNotSent() {
    Span arrived =
        entry.arrived(REQUEST, new TraceContext("00-" + TRACE + "-" + CLIENT + "-00", ""));
    assertThat(arrived.forward("b").context().traceparent())
        .startsWith("00-" + TRACE + "-")
        .endsWith("-00");
    arrived.end();

    assertThat(spans.getFinishedSpanItems()).isEmpty();
  }

  @Test
  void aFailureSaysWhyInBoundedWords() {
    entry.arrived(REQUEST, null).fail("x".repeat(10_000));

    SpanData span = spans.getFinishedSpanItems().get(0);
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getStatus().getDescription()).isEqualTo("x".repeat(256));
  }

  @Test
  void sendsToTheStandardsPathAndCountsWhatWasTaken() throws IOException {
    ConcurrentLinkedQueue<String> paths = new ConcurrentLinkedQueue<>();
    collectorMayAnswer.countDown();
    try (Collector collector = new Collector(paths, collectorMayAnswer)) {
      OtlpTracing tracing = OtlpTracing.to(collector.url(), "id", "entry");
      try (tracing) {
        tracing.arrived(REQUEST, null).end();
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> tracing.exported() == 1 && tracing.failed() == 0);
      }
      assertThat(tracing.dropped()).isZero();
    }
    assertThat(paths).containsExactly("/v1/traces");
  }

  @Test
  void aCollectorThatHangsCostsItsSpansAndNothingElse() throws IOException {
    int sent = 5_000;
    try (Collector collector = new Collector(new ConcurrentLinkedQueue<>(), collectorMayAnswer);
        OtlpTracing tracing = OtlpTracing.to(collector.url(), "id", "entry")) {
      for (int i = 0; i < sent; i++) {
        tracing.arrived(REQUEST, null).end();
      }
      assertThat(tracing.exported()).isZero();
      // What the queue of 2,048 and one batch of 512 do not hold.
      assertThat(tracing.dropped()).isBetween(sent - 2_048L - 512, (long) sent - 2_048);

      collectorMayAnswer.countDown();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> tracing.exported() + tracing.failed() + tracing.dropped() == sent);
    }
  }

  /** Takes whatever is posted, once it may. */
  private static final class Collector implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    Collector(ConcurrentLinkedQueue<String> paths, CountDownLatch mayAnswer) throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext(
          "/",
          exchange -> {
            paths.add(exchange.getRequestURI().getPath());
            exchange.getRequestBody().readAllBytes();
            try {
              mayAnswer.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
          });
      server.start();
    }

    URI url() {
      return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
      server.stop(0);
      threads.shutdownNow();
    }
  }
}
