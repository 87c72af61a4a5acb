// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.store.Datatype;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestServerTest {
  private static final String INFER = "/v2/models/echo/infer";
  private static final String JSON_BYTES = "Inference-Header-Content-Length";
  private static final byte[] GOOD = body("[1,2,3]", 3);

  private static RestFixture node;

  @BeforeAll
  static void start() throws IOException {
    node = new RestFixture(HttpClient.Version.HTTP_1_1);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void answerWell() {
    node.executor.answerWell();
  }

  @Test
  void answersEveryPathThatTheProtocolHas() throws Exception {
    for (String path :
        List.of(
            "/v2/health/live",
            "/v2/health/ready",
            "/v2/models/echo/ready",
            "/v2/models/echo/versions/3/ready")) {
      assertThat(node.get(path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(json("/v2").path("version").asText()).isEqualTo("1.2.3");
    for (String model : List.of("/v2/models/echo", "/v2/models/echo/versions/3")) {
      assertThat(json(model).at("/inputs/0").toString())
          .isEqualTo("{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1]}");
      assertThat(json(model + "/config").at("/input/0/data_type").asText()).isEqualTo("TYPE_FP32");
      assertThat(json(model + "/stats").at("/model_stats/0/name").asText()).isEqualTo("echo");
    }
    assertThat(json("/v2/models/stats").has("model_stats")).isTrue();
    HttpResponse<byte[]> index = node.post("/v2/repository/index", new byte[0]);
    assertThat(RestFixture.json(index).get(0).toString())
        .isEqualTo("{\"name\":\"echo\",\"version\":\"3\",\"state\":\"READY\",\"reason\":\"\"}");
  }

  @Test
  void loadsAndUnloadsModelsAsTritonsClientsAsk() throws Exception {
    String model = "/v2/repository/models/echo";
    assertThat(node.post(model + "/load", new byte[0]).statusCode()).isEqualTo(200);
    byte[] tritons = "{\"parameters\":{\"unload_dependents\":false}}".getBytes(UTF_8);
    JsonNode unloaded = RestFixture.json(node.post(model + "/unload", tritons));
    assertThat(unloaded.toString()).isEqualTo("{\"name\":\"echo\",\"unload\":true}");
    assertThat(node.changed).containsExactly("echo", "echo");

    byte[] config = "{\"parameters\":{\"config\":\"{}\"}}".getBytes(UTF_8);
    assertError(node.post(model + "/load", config), 400, "parameters.config");
    assertError(node.get(model + "/load"), 405, "GET");
  }

  @Test
  void namesWhoServedAndByWhichPath() throws Exception {
    JsonNode answer = RestFixture.json(node.post(INFER, GOOD));

    assertThat(answer.at("/outputs/0/data").toString()).isEqualTo("[1.0,2.0,3.0]");
    assertThat(answer.at("/parameters/rhizome_served_by").asText()).isNotEmpty();
    assertThat(answer.at("/parameters/rhizome_path").asText())
        .isEqualTo(answer.at("/parameters/rhizome_served_by").asText());
  }

  @Test
  void aNodeThatIsNotReadySaysSoAndWhenToComeBack() throws Exception {
    node.ready(false);
    try {
      HttpResponse<byte[]> answer = node.get("/v2/health/ready");

      assertError(answer, 503, "draining");
      assertThat(answer.headers().firstValue("retry-after")).contains("1");
      assertThat(node.get("/v2/health/live").statusCode()).isEqualTo(200);
    } finally {
      node.ready(true);
    }
  }

  @Test
  void everyFailureHasItsStatusAndItsWords() throws Exception {
    assertError(node.post(INFER, "{".getBytes(UTF_8)), 400, "JSON");
    assertError(node.post(INFER, body("[1,2]", 3)), 400, "inputs[0].data");
    assertError(node.post("/v2/models/echo/versions/x/infer", GOOD), 400, "model_version");
    assertError(node.post("/v2/models/nope/infer", GOOD), 404, "nope");
    assertError(node.post("/v2/models/echo/versions/9/infer", GOOD), 404, "9");
    assertError(node.get("/v2/models/nope"), 404, "nope");
    assertError(node.get("/v2/models/nope/stats"), 404, "nope");
    assertError(node.get("/v2/models/nope/ready"), 404, "nope");
    assertError(node.get("/v2/nothing"), 404, "/v2/nothing");
    assertError(node.get(INFER), 405, "GET");
    assertError(node.post("/v2", GOOD), 405, "POST");
    assertError(node.post("/v2/repository/index", "[]".getBytes(UTF_8)), 400, "object");
    assertError(failing(Code.INVALID_ARGUMENT), 400, "of a model");
    assertError(failing(Code.MODEL_FAILED), 500, "of a model");
    HttpResponse<byte[]> overloaded = failing(Code.OVERLOADED);
    assertError(overloaded, 429, "of a model");
    assertThat(overloaded.headers().firstValue("retry-after")).contains("1");
    HttpResponse<byte[]> unavailable = failing(Code.NOT_LOADED);
    assertError(unavailable, 503, "echo");
    assertThat(unavailable.headers().firstValue("retry-after")).contains("1");
  }

  private static HttpResponse<byte[]> failing(Code code) throws Exception {
    node.executor.failure = new InferenceException(code, "the failure of a model");
    return node.post(INFER, GOOD);
  }

  @Test
  void theTimeLimitOfARequestIsKept() throws Exception {
    node.executor.hangs = true;
    String body =
        new String(GOOD, UTF_8).replaceFirst("\\{", "{\"parameters\":{\"timeout\":50000},");

    assertError(node.post(INFER, body.getBytes(UTF_8)), 504, "deadline");
  }

  @Test
  void aMalformedAnswerIsTheModelsFault() throws Exception {
    node.executor.brokenAnswers = true;

    assertError(node.post(INFER, GOOD), 500, "output 'x'");
  }

  @Test
  void anAnswerWithoutAJsonFormIsTheClientsToAskForInBinary() throws Exception {
    node.executor.answers = Datatype.FP16;

    assertError(node.post(INFER, GOOD), 400, "binary_data");
    String wanted =
        new String(GOOD, UTF_8)
            .replaceFirst("\\{", "{\"parameters\":{\"binary_data_output\":true},");
    HttpResponse<byte[]> answer = node.post(INFER, wanted.getBytes(UTF_8));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue(JSON_BYTES)).isPresent();
  }

  @Test
  void binaryTensorsOfEveryDatatypePassAsTheyAre() throws Exception {
    byte[] raw = {5, 0, 0, 0, 'h', 'e', 'l', 'l', 'o'};
    for (Datatype datatype : List.of(Datatype.BYTES, Datatype.FP16, Datatype.BF16, Datatype.INT8)) {
      node.executor.answers = datatype;
      String head =
          "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"%s\",\"shape\":[1],\"parameters\":{\"binary_data_size\":9}}],\"outputs\":[{\"name\":\"x\",\"parameters\":{\"binary_data\":true}}]}"
              .formatted(datatype);
      HttpResponse<byte[]> answer =
          node.post(
              INFER,
              BodyPublishers.concat(BodyPublishers.ofString(head), BodyPublishers.ofByteArray(raw)),
              JSON_BYTES,
              String.valueOf(head.length()));
      assertThat(answer.statusCode()).as(datatype.name()).isEqualTo(200);
      int json = Integer.parseInt(answer.headers().firstValue(JSON_BYTES).orElseThrow());
      assertThat(answer.body()).endsWith(raw).hasSize(json + raw.length);
    }
  }

  @Test
  void anImageIsTheInputOfAModelThatTakesByteStrings() throws Exception {
    node.executor.answers = Datatype.BYTES;
    byte[] png = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};
    byte[] jpeg = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 'x'};

    for (String type : List.of("image/png", "application/x-www-form-urlencoded")) {
      JsonNode answer =
          RestFixture.json(node.post("/v2/models/eye/infer", png, "Content-Type", type));
      assertThat(answer.at("/outputs/0/name").asText()).as(type).isEqualTo("x");
      assertThat(answer.at("/outputs/0/shape").toString()).isEqualTo("[1]");
      assertThat(answer.at("/outputs/0/data/0").asText()).contains("PNG");
    }
    assertThat(node.post("/v2/models/eye/versions/3/infer", jpeg).statusCode()).isEqualTo(200);
    assertError(node.post(INFER, png), 400, "model 'echo' takes [x:FP32[-1]]");
    assertError(node.post("/v2/models/nope/infer", png), 404, "nope");
  }

  @Test
  void pagesOfTheOriginsNamedMayCallIt() throws Exception {
    HttpResponse<byte[]> preflight =
        node.send(
            node.to(INFER)
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", "https://app.example")
                .header("Access-Control-Request-Method", "POST")
                .build());
    assertThat(preflight.headers().firstValue("access-control-allow-origin"))
        .contains("https://app.example");
    HttpResponse<byte[]> stranger = node.post(INFER, GOOD, "Origin", "https://elsewhere.example");
    assertThat(stranger.headers().firstValue("access-control-allow-origin")).isEmpty();
  }

  @Test
  void refusesAWrongHeaderLengthOrEncoding() throws Exception {
    for (String length : List.of("-1", "x", "99999", "1e3")) {
      assertError(node.post(INFER, GOOD, JSON_BYTES, length), 400, JSON_BYTES);
    }
    assertError(node.post(INFER, GOOD, "Content-Encoding", "br"), 400, "Content-Encoding");
    assertError(node.post(INFER, GOOD, "Content-Encoding", "gzip"), 400, "Content-Encoding");
  }

  @Test
  void packedBodiesAreUnpackedAndLongAnswersPackedWhereTheClientLikes() throws Exception {
    byte[] body = body("[" + "1,".repeat(999) + "1]", 1000);
    for (String encoding : List.of("gzip", "deflate")) {
      HttpResponse<byte[]> answer =
          node.post(
              INFER,
              packed(body, encoding),
              "Content-Encoding",
              encoding,
              "Accept-Encoding",
              "gzip");
      assertThat(answer.statusCode()).as(encoding).isEqualTo(200);
      assertThat(answer.headers().firstValue("content-encoding")).contains("gzip");
      try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
        assertThat(new String(unpacked.readAllBytes(), UTF_8)).contains("\"shape\":[1000]");
      }
    }
  }

  @Test
  void aBodyBeyondTheLimitIsRefusedInWordsPackedOrNotAndChunkedOrNot() throws Exception {
    byte[] large = new byte[RestFixture.MAX_BYTES + 1];
    assertError(node.post(INFER, large), 413, "request.maxBytes");
    assertError(
        node.post(INFER, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))),
        413,
        "request.maxBytes");
    byte[] bomb = packed(new byte[64 << 20], "gzip");
    assertThat(bomb.length).isLessThan(RestFixture.MAX_BYTES);
    assertError(node.post(INFER, bomb, "Content-Encoding", "gzip"), 413, "request.maxBytes");
    assertError(node.post("/v2/repository/index", large), 413, "65536");
    assertThat(node.post(INFER, GOOD).statusCode()).isEqualTo(200);
  }

  @Test
  void metricsComeInPrometheussTextFormat() throws Exception {
    HttpResponse<byte[]> answer = node.get("/metrics");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(new String(answer.body(), UTF_8)).isEqualTo(RestFixture.METRICS);
  }

  @Test
  void speaksHttp2InPlainTextToo() throws Exception {
    try (RestFixture second = new RestFixture(HttpClient.Version.HTTP_2)) {
      assertThat(second.post(INFER, GOOD).version()).isEqualTo(HttpClient.Version.HTTP_2);
      byte[] large = new byte[RestFixture.MAX_BYTES + 1];
      assertError(second.post(INFER, large), 413, "request.maxBytes");
      assertError(second.post(INFER, GOOD, "Content-Encoding", "gzip"), 400, "Content-Encoding");
      assertError(second.get("/v2/nothing"), 404, "/v2/nothing");
      assertThat(second.post(INFER, GOOD).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whatRunsIsAnsweredBeforeThePortIsGone() throws Exception {
    try (RestFixture leaving = new RestFixture(HttpClient.Version.HTTP_1_1)) {
      leaving.executor.hangs = true;
      CompletableFuture<HttpResponse<byte[]>> answer = leaving.begin(INFER, GOOD);
      Runnable finish = leaving.executor.waiting.poll(10, TimeUnit.SECONDS);
      CompletableFuture<Void> drained =
          CompletableFuture.runAsync(
              () -> {
                try {
                  leaving.drain();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      Awaitility.await("later requests to be sent elsewhere")
          .untilAsserted(() -> assertError(leaving.get("/v2"), 503, "draining"));
      assertThat(drained).isNotDone();

      assertThat(finish).isNotNull();
      finish.run();

      assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      drained.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void bodiesOnTheirWayCountAgainstTheMemoryForRequestsInFlight() throws Exception {
    int half = RestFixture.MAX_BYTES / 2;
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < RestFixture.MAX_IN_FLIGHT_BYTES / half + 1; i++) {
        slow.add(beginBody(half));
      }
      Awaitility.await()
          .untilAsserted(() -> assertError(node.post(INFER, large()), 429, "in flight"));
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
    Awaitility.await().until(() -> node.post(INFER, GOOD).statusCode() == 200);
  }

  private static byte[] large() {
    return body("[" + "1,".repeat(49_999) + "1]", 50_000);
  }

  /** Sends so many bytes of a body and then no more. */
  private static Socket beginBody(int bytes) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
    OutputStream out = socket.getOutputStream();
    String head =
        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
            .formatted(INFER, RestFixture.MAX_BYTES);
    out.write(head.getBytes(UTF_8));
    out.write(new byte[bytes]);
    out.flush();
    return socket;
  }

  private static JsonNode json(String path) throws Exception {
    HttpResponse<byte[]> answer = node.get(path);
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return RestFixture.json(answer);
  }

  private static void assertError(HttpResponse<byte[]> answer, int status, String word)
      throws IOException {
    String body = new String(answer.body(), UTF_8);
    assertThat(answer.statusCode()).as(body).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    JsonNode json = RestFixture.json(answer);
    assertThat(json.size()).isEqualTo(1);
    assertThat(json.path("error").asText()).contains(word);
  }

  private static byte[] packed(byte[] body, String encoding) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out =
        encoding.equals("gzip") ? new GZIPOutputStream(packed) : new DeflaterOutputStream(packed)) {
      out.write(body);
    }
    return packed.toByteArray();
  }

  private static byte[] body(String data, int elements) {
    return "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[%d],\"data\":%s}]}"
        .formatted(elements, data)
        .getBytes(UTF_8);
  }
}
