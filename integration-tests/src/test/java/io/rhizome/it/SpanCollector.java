// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A collector of spans over OTLP/HTTP on a loopback port. Any thread. */
final class SpanCollector implements AutoCloseable {
  private final HttpServer server;
  private final Queue<Received> spans = new ConcurrentLinkedQueue<>();

  /**
   * A span as it came.
   *
   * @param node the name of the node that sent it
   * @param parent the id of the span above; empty for none
   */
  record Received(String node, String traceId, String id, String parent, Span span) {
    /** The words of an attribute of an event, the event's name first. */
    List<String> event(String attribute) {
      List<String> words = new ArrayList<>();
      for (Span.Event event : span.getEventsList()) {
        words.add(event.getName());
        for (KeyValue pair : event.getAttributesList()) {
          if (pair.getKey().equals(attribute)) {
            words.add(pair.getValue().getStringValue());
            pair.getValue()
                .getArrayValue()
                .getValuesList()
                .forEach(one -> words.add(one.getStringValue()));
          }
        }
      }
      return words;
    }

    /** An attribute that is a number; 0 where it is absent. */
    long number(String attribute) {
      return span.getAttributesList().stream()
          .filter(pair -> pair.getKey().equals(attribute))
          .mapToLong(pair -> pair.getValue().getIntValue())
          .sum();
    }
  }

  SpanCollector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  /** Where nodes send to. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What came of one trace so far. */
  List<Received> of(String traceId) {
    return spans.stream().filter(span -> span.traceId().equals(traceId)).toList();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      ExportTraceServiceRequest request =
          ExportTraceServiceRequest.parseFrom(exchange.getRequestBody());
      for (ResourceSpans node : request.getResourceSpansList()) {
        String name = name(node);
        node.getScopeSpansList().stream()
            .flatMap(scope -> scope.getSpansList().stream())
            .forEach(span -> spans.add(received(name, span)));
      }
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static String name(ResourceSpans spans) {
    return spans.getResource().getAttributesList().stream()
        .filter(pair -> pair.getKey().equals("rhizome.node"))
        .map(KeyValue::getValue)
        .map(value -> value.getStringValue())
        .findFirst()
        .orElse("");
  }

  private static Received received(String node, Span span) {
    HexFormat hex = HexFormat.of();
    return new Received(
        node,
        hex.formatHex(span.getTraceId().toByteArray()),
        hex.formatHex(span.getSpanId().toByteArray()),
        hex.formatHex(span.getParentSpanId().toByteArray()),
        span);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
