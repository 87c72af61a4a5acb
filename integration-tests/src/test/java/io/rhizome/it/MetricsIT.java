// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.trace.v1.Span;
import io.rhizome.it.SpanCollector.Received;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What three real nodes tell of their work: counts, traces, log lines. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MetricsIT {
  private static final int NODES = 3;
  private static final int HOLDER = 1;
  private static final int BYSTANDER = 2;
  private static final int FETCHER = 3;
  private static final int REQUESTS = 40;
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319";
  private static final String CLIENT_SPAN = "b7ad6b7169203331";
  private static final Pattern METRIC = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\{");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Checkout checkout = Checkout.find();
  private final SpanCollector collector;
  private final Digits digits;
  private final LocalMesh mesh;

  MetricsIT() throws IOException, InterruptedException {
    collector = new SpanCollector();
    digits = Digits.read(checkout.digitsTest());
    mesh = LocalMesh.found(checkout, NODES, List.of(), PortPlan.free(NODES, new Random()));
  }

  @BeforeAll
  void startWithTracesAndJsonLogs() throws IOException, InterruptedException {
    mesh.useQuickJit();
    for (NodeProcess node : mesh.nodes()) {
      node.start("--set", "telemetry.otlp=" + collector.url(), "--set", "log.format=json");
    }
    mesh.awaitReady();
    mesh.awaitMembers();
    mesh.pushDigits(HOLDER);
    mesh.load(FETCHER, Digits.MODEL);
    mesh.awaitHolders(Digits.MODEL, 2);
  }

  @AfterAll
  void stop() {
    mesh.close();
    collector.close();
  }

  private List<Scrape> scrapeAll() throws IOException, InterruptedException {
    List<Scrape> scrapes = new ArrayList<>();
    for (NodeProcess node : mesh.nodes()) {
      scrapes.add(Scrape.of(node));
    }
    return scrapes;
  }

  private static double total(List<Scrape> scrapes, String name, String... labels) {
    return scrapes.stream().mapToDouble(scrape -> scrape.sum(name, labels)).sum();
  }

  @Test
  void countsEveryRequestOnceAndAtTheRightNode() throws Exception {
    List<Scrape> before = scrapeAll();
    int atHolders = 0;
    for (int i = 0; i < REQUESTS; i++) {
      ModelInferResponse answer = mesh.client(BYSTANDER).infer(digits.rawRequest(i), LIMIT);
      atHolders += Answers.servedBy(answer).equals(mesh.node(HOLDER).name()) ? 1 : 0;
    }
    List<Scrape> after = scrapeAll();

    for (String count : List.of("nv_inference_count", "nv_inference_request_success")) {
      assertThat(total(after, count, "model", Digits.MODEL, "version", "1"))
          .isEqualTo(total(before, count, "model", Digits.MODEL, "version", "1") + REQUESTS);
    }
    assertThat(grown(before, after, HOLDER, "nv_inference_count")).isEqualTo(atHolders);
    assertThat(grown(before, after, FETCHER, "nv_inference_count")).isEqualTo(REQUESTS - atHolders);
    assertThat(grown(before, after, BYSTANDER, "nv_inference_count")).isZero();
    String requests = "rhizome_requests_total";
    assertThat(grown(before, after, BYSTANDER, requests, "outcome", "forwarded"))
        .isEqualTo(REQUESTS);
    assertThat(grown(before, after, BYSTANDER, requests)).isEqualTo(REQUESTS);
    assertThat(grown(before, after, BYSTANDER, "rhizome_hops_total"))
        .isGreaterThanOrEqualTo(REQUESTS);
    assertThat(grown(before, after, HOLDER, requests, "outcome", "served")).isEqualTo(atHolders);
    String took = "rhizome_request_duration_seconds_count";
    assertThat(grown(before, after, BYSTANDER, took, "from", "client")).isEqualTo(REQUESTS);
    assertThat(grown(before, after, HOLDER, took, "from", "peer")).isEqualTo(atHolders);
    String ran = "nv_inference_compute_infer_duration_us";
    assertThat(total(after, ran)).isGreaterThan(total(before, ran));
    var buckets =
        after.get(BYSTANDER - 1).buckets("rhizome_request_duration_seconds", "from", "client");
    assertThat(new ArrayList<>(buckets.values())).isSorted();
    assertThat(buckets.get(Double.POSITIVE_INFINITY))
        .isEqualTo(after.get(BYSTANDER - 1).sum(took, "from", "client"));
  }

  @Test
  void statisticsTellWhatTheMetricsTell() throws Exception {
    mesh.client(HOLDER).infer(digits.rawRequest(0), LIMIT);
    JsonNode statistics = JSON.readTree(get(HOLDER, "/v2/models/digits/stats"));
    Scrape metrics = Scrape.of(mesh.node(HOLDER));

    JsonNode stats = statistics.at("/model_stats/0");
    assertThat(stats.path("inference_count").asDouble())
        .isPositive()
        .isEqualTo(metrics.sum("nv_inference_count"));
    for (String part : List.of("queue", "compute_input", "compute_infer", "compute_output")) {
      assertThat(stats.at("/inference_stats/" + part + "/count").asDouble())
          .isEqualTo(metrics.sum("nv_inference_count"));
      assertThat(stats.at("/inference_stats/" + part + "/ns").asLong() / 1_000)
          .isEqualTo((long) metrics.sum("nv_inference_" + part + "_duration_us"));
    }
  }

  private String get(int node, String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri(node, path)).timeout(LIMIT).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  private URI uri(int node, String path) {
    return URI.create("http://127.0.0.1:" + mesh.node(node).httpPort() + path);
  }

  private static double grown(
      List<Scrape> before, List<Scrape> after, int node, String name, String... labels) {
    return after.get(node - 1).sum(name, labels) - before.get(node - 1).sum(name, labels);
  }

  @Test
  void tellsOfTheMeshAndOfModelsOnTheMove() throws Exception {
    double fileBytes = Files.size(checkout.digitsModel());
    for (Scrape scrape : scrapeAll()) {
      assertThat(scrape.sum("rhizome_members", "status", "alive")).isEqualTo(NODES);
      assertThat(scrape.sum("rhizome_gossip_packets_total", "direction", "in")).isPositive();
      assertThat(scrape.sum("rhizome_in_flight_limit")).isPositive();
      assertThat(scrape.sum("rhizome_memory_rss_bytes")).isGreaterThan(50 << 20);
      assertThat(scrape.type("nv_inference_count")).isEqualTo("counter");
      assertThat(scrape.type("nv_inference_pending_request_count")).isEqualTo("gauge");
      assertThat(scrape.type("rhizome_request_duration_seconds")).isEqualTo("histogram");
    }
    Scrape holder = Scrape.of(mesh.node(HOLDER));
    Scrape fetcher = Scrape.of(mesh.node(FETCHER));
    assertThat(holder.sum("rhizome_models", "state", "ready")).isEqualTo(1);
    assertThat(holder.sum("rhizome_transfer_bytes_total", "direction", "out"))
        .isGreaterThanOrEqualTo(fileBytes);
    assertThat(fetcher.sum("rhizome_transfer_bytes_total", "direction", "in"))
        .isGreaterThanOrEqualTo(fileBytes);
  }

  @Test
  void aNameThatAClientMadeUpIsCountedButIsNoLabel() throws Exception {
    List<Scrape> before = scrapeAll();
    ModelInferRequest request = digits.rawRequest(0).toBuilder().setModelName("made-up").build();
    Failures.statusOf(() -> mesh.client(BYSTANDER).infer(request, LIMIT));
    List<Scrape> after = scrapeAll();

    assertThat(
            grown(before, after, BYSTANDER, "rhizome_requests_total", "outcome", "unknown_model"))
        .isEqualTo(1);
    for (Scrape scrape : after) {
      assertThat(scrape.labels("nv_inference_count", "model")).doesNotContain("made-up");
    }
  }

  @Test
  void aClientsTraceRunsThroughTwoProcessesWithTheRightParents() {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
        "00-" + TRACE + "c-" + CLIENT_SPAN + "-01");
    ModelInferResponse answer =
        mesh.client(BYSTANDER)
            .inference(LIMIT)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .modelInfer(digits.rawRequest(0));

    assertTwoHops(TRACE + "c", Answers.servedBy(answer));
  }

  @Test
  void aTraceMayComeOverRestToo() throws Exception {
    String body =
        "{\"inputs\":[{\"name\":\"pixels\",\"datatype\":\"FP32\",\"shape\":[1,1,8,8],\"data\":[0"
            + ",0".repeat(63)
            + "]}]}";
    String answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(uri(BYSTANDER, "/v2/models/digits/infer"))
                    .header("traceparent", "00-" + TRACE + "d-" + CLIENT_SPAN + "-01")
                    .POST(BodyPublishers.ofString(body))
                    .build(),
                BodyHandlers.ofString())
            .body();

    assertTwoHops(TRACE + "d", JSON.readTree(answer).at("/parameters/rhizome_served_by").asText());
  }

  private void assertTwoHops(String trace, String servedBy) {
    Awaitility.await("all four spans").atMost(LIMIT).until(() -> collector.of(trace).size() == 4);
    List<Received> spans = collector.of(trace);
    Received arrived = below(spans, CLIENT_SPAN);
    Received hop = below(spans, arrived.id());
    Received there = below(spans, hop.id());
    Received run = below(spans, there.id());
    assertThat(arrived.event("rhizome.router")).containsExactly("route", "hot_cold");
    assertThat(arrived.event("rhizome.holders"))
        .anyMatch(
            words -> words.startsWith(there.node() + ": chosen, ") && words.contains("queue"));
    assertThat(List.of(arrived, hop, there, run))
        .extracting(Received::node)
        .containsExactly(
            mesh.node(BYSTANDER).name(), mesh.node(BYSTANDER).name(), servedBy, servedBy);
    assertThat(List.of(arrived, hop, there, run))
        .extracting(received -> received.span().getKind())
        .containsExactly(
            Span.SpanKind.SPAN_KIND_SERVER,
            Span.SpanKind.SPAN_KIND_CLIENT,
            Span.SpanKind.SPAN_KIND_SERVER,
            Span.SpanKind.SPAN_KIND_INTERNAL);
    assertThat(run.number("rhizome.compute_us")).isPositive();
  }

  private static Received below(List<Received> spans, String parent) {
    List<Received> children = spans.stream().filter(s -> s.parent().equals(parent)).toList();
    assertThat(children).as("the spans below %s", parent).hasSize(1);
    return children.get(0);
  }

  @Test
  void logsAreOneJsonObjectALineWithTheNodesName() throws IOException {
    for (NodeProcess node : mesh.nodes()) {
      List<String> lines =
          Files.readAllLines(node.log()).stream().filter(line -> line.startsWith("{")).toList();
      assertThat(lines).isNotEmpty();
      for (String line : lines) {
        JsonNode json = JSON.readTree(line);
        assertThat(json.path("time").asText()).isNotEmpty();
        assertThat(json.path("level").asText()).isNotEmpty();
        assertThat(json.path("message").asText()).isNotEmpty();
        assertThat(json.path("node").asText()).isIn("", node.name());
      }
      assertThat(JSON.readTree(lines.get(lines.size() - 1)).path("node").asText())
          .as("the node knows its name once it has read its identity")
          .isEqualTo(node.name());
      assertThat(Files.readString(node.log())).doesNotContainPattern("(?m)^\\d\\d:\\d\\d:\\d\\d");
    }
  }

  @Test
  void theDashboardAsksOnlyForMetricsThatExist() throws Exception {
    NavigableSet<String> exist = new TreeSet<>();
    mesh.client(BYSTANDER).infer(digits.rawRequest(0), LIMIT);
    for (Scrape scrape : scrapeAll()) {
      exist.addAll(scrape.names());
    }
    Path dashboard = checkout.root().resolve("deploy/grafana/rhizome.json");
    List<JsonNode> questions = JSON.readTree(dashboard.toFile()).findValues("expr");

    assertThat(questions).hasSizeGreaterThan(20);
    for (JsonNode question : questions) {
      NavigableSet<String> asked = new TreeSet<>();
      Matcher metric = METRIC.matcher(question.asText());
      while (metric.find()) {
        asked.add(metric.group(1));
      }
      assertThat(asked).as("what is asked for by %s", question.asText()).isNotEmpty();
      assertThat(exist).as("what there is for %s", question.asText()).containsAll(asked);
    }
  }
}
