// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.serving.TraceContext;
import io.rhizome.node.serving.Tracing;
import io.rhizome.scheduler.Explanation;
import io.rhizome.scheduler.Request;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Traces by OpenTelemetry, sent in batches over OTLP/HTTP. At most {@value #MAX_WAITING} spans
 * wait; more are dropped and counted, so a collector that is away costs nothing but its spans. The
 * caller decides what is sampled; what begins here is.
 *
 * <p>{@link #close} blocks for at most a few seconds, to send what waits.
 */
public final class OtlpTracing implements Tracing, AutoCloseable {
  private static final String TRACES = "/v1/traces";
  private static final Duration SEND_LIMIT = Duration.ofSeconds(5);
  private static final Duration BATCH_DELAY = Duration.ofSeconds(1);
  private static final int MAX_WAITING = 2_048;
  private static final int MAX_WORDS = 256;
  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

  private static final AttributeKey<String> NODE = AttributeKey.stringKey("rhizome.node");
  private static final AttributeKey<String> MODEL = AttributeKey.stringKey("rhizome.model");
  private static final AttributeKey<String> PEER = AttributeKey.stringKey("rhizome.peer");
  private static final AttributeKey<Long> VISITED = AttributeKey.longKey("rhizome.visited");
  private static final AttributeKey<Long> QUEUE = AttributeKey.longKey("rhizome.queue_us");
  private static final AttributeKey<Long> COMPUTE = AttributeKey.longKey("rhizome.compute_us");

  private static final TextMapGetter<TraceContext> HEADERS =
      new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable TraceContext headers, String name) {
          if (headers == null) {
            return null;
          }
          return switch (name) {
            case TraceContext.PARENT -> headers.traceparent();
            case TraceContext.STATE -> headers.tracestate();
            default -> null;
          };
        }
      };

  private final SdkTracerProvider provider;
  private final Tracer tracer;
  private final SpanCounts counts;

  OtlpTracing(SpanProcessor processor, SpanCounts counts, String nodeId, String node) {
    Attributes self =
        Attributes.of(
            AttributeKey.stringKey("service.name"),
            "rhizome",
            AttributeKey.stringKey("service.instance.id"),
            nodeId,
            NODE,
            node);
    // The default sampler follows the caller's decision, and samples what has no caller.
    provider =
        SdkTracerProvider.builder()
            .setResource(Resource.create(self))
            .setSpanLimits(SpanLimits.builder().setMaxAttributeValueLength(MAX_WORDS).build())
            .addSpanProcessor(processor)
            .build();
    tracer = provider.get("io.rhizome");
    this.counts = counts;
  }

  /**
   * Sends to that collector from now on.
   *
   * @param endpoint such as {@code http://collector:4318}; without a path, the standard's is added
   */
  public static OtlpTracing to(URI endpoint, String nodeId, String node) {
    SpanCounts counts = new SpanCounts();
    MeterProvider meters = SdkMeterProvider.builder().registerMetricReader(counts).build();
    String path = endpoint.getPath();
    boolean bare = path == null || path.isEmpty() || path.equals("/");
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint((bare ? endpoint.resolve(TRACES) : endpoint).toString())
            .setTimeout(SEND_LIMIT)
            .setMeterProvider(meters)
            .setInternalTelemetryVersion(InternalTelemetryVersion.LATEST)
            .build();
    BatchSpanProcessor processor =
        BatchSpanProcessor.builder(exporter)
            .setScheduleDelay(BATCH_DELAY)
            .setMaxQueueSize(MAX_WAITING)
            .setExporterTimeout(SEND_LIMIT)
            .setMeterProvider(meters)
            .setInternalTelemetryVersion(InternalTelemetryVersion.LATEST)
            .build();
    return new OtlpTracing(processor, counts, nodeId, node);
  }

  /** Spans that the collector took. */
  public long exported() {
    return counts.exported();
  }

  /** Spans that the collector did not take. */
  public long failed() {
    return counts.failed();
  }

  /** Spans that found no room in the queue. */
  public long dropped() {
    return counts.dropped();
  }

  @Override
  public Span arrived(Request request, @Nullable TraceContext caller) {
    Context parent = caller == null ? Context.root() : W3C.extract(Context.root(), caller, HEADERS);
    return new OpenSpan(
        tracer
            .spanBuilder("ModelInfer")
            .setSpanKind(SpanKind.SERVER)
            .setParent(parent)
            .setAttribute(MODEL, request.model())
            .setAttribute(VISITED, (long) request.path().visited().size())
            .startSpan());
  }

  @Override
  public void close() {
    provider.shutdown().join(SEND_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private final class OpenSpan implements Span {
    private final io.opentelemetry.api.trace.Span span;

    OpenSpan(io.opentelemetry.api.trace.Span span) {
      this.span = span;
    }

    @Override
    public String traceId() {
      return span.getSpanContext().getTraceId();
    }

    @Override
    public boolean isRecorded() {
      return span.isRecording();
    }

    @Override
    public void decided(Explanation why, Function<NodeId, String> names) {
      span.addEvent("route", RouteAttributes.of(why, names));
    }

    @Override
    public TraceContext context() {
      Map<String, String> headers = new HashMap<>();
      W3C.inject(Context.root().with(span), headers, (map, key, value) -> headers.put(key, value));
      return new TraceContext(
          headers.getOrDefault(TraceContext.PARENT, ""),
          headers.getOrDefault(TraceContext.STATE, ""));
    }

    @Override
    public Span forward(String peer) {
      return below("forward", SpanKind.CLIENT, Attributes.of(PEER, peer));
    }

    @Override
    public Span run() {
      return below("run", SpanKind.INTERNAL, Attributes.empty());
    }

    private Span below(String name, SpanKind kind, Attributes attributes) {
      return new OpenSpan(
          tracer
              .spanBuilder(name)
              .setSpanKind(kind)
              .setParent(Context.root().with(span))
              .setAllAttributes(attributes)
              .startSpan());
    }

    @Override
    public void times(long queueNanos, long computeNanos) {
      span.setAttribute(QUEUE, TimeUnit.NANOSECONDS.toMicros(queueNanos));
      span.setAttribute(COMPUTE, TimeUnit.NANOSECONDS.toMicros(computeNanos));
    }

    @Override
    public void end() {
      span.end();
    }

    @Override
    public void fail(String why) {
      boolean fits = why.length() <= MAX_WORDS;
      span.setStatus(StatusCode.ERROR, fits ? why : why.substring(0, MAX_WORDS));
      span.end();
    }
  }
}
