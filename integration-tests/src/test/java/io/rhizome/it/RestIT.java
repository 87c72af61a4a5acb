// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static io.rhizome.it.SharedMesh.BYSTANDER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The protocol over REST at a node that does not hold the model. */
@ExtendWith(SharedMesh.class)
final class RestIT {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INFER = "/v2/models/digits/infer";
  private static final String JSON_BYTES = "Inference-Header-Content-Length";

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void tellsOfTheServerAndTheModel(LocalMesh mesh) throws Exception {
    for (String path : new String[] {"/v2/health/live", "/v2/health/ready"}) {
      assertThat(get(mesh, path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(json(get(mesh, "/v2")).path("name").asText()).isEqualTo("rhizome");
    for (String path : new String[] {"/v2/models/digits", "/v2/models/digits/versions/1"}) {
      JsonNode model = json(get(mesh, path));
      assertThat(model.at("/inputs/0/name").asText()).isEqualTo("pixels");
      assertThat(model.at("/inputs/0/shape").toString()).isEqualTo("[-1,1,8,8]");
      assertThat(get(mesh, path + "/ready").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void answersInJsonAndInBinaryAsGrpcDoes(LocalMesh mesh, Digits digits) throws Exception {
    ModelInferRequest request = digits.rawRequest(3);
    ModelInferResponse expected = mesh.client(BYSTANDER).infer(request, LIMIT);
    float[] logits = Answers.floats(expected);
    ByteString pixels = request.getRawInputContents(0);

    JsonNode fromJson = json(post(mesh, INFER, jsonBody(pixels), ""));
    assertThat(fromJson.at("/parameters/rhizome_path").asText())
        .isEqualTo(
            mesh.node(BYSTANDER).name()
                + ","
                + fromJson.at("/parameters/rhizome_served_by").asText());
    assertThat(fromJson.at("/outputs/0/data")).hasSize(logits.length);
    for (int i = 0; i < logits.length; i++) {
      assertThat((float) fromJson.at("/outputs/0/data/" + i).asDouble()).isEqualTo(logits[i]);
    }

    String head =
        "{\"inputs\":[{\"name\":\"pixels\",\"datatype\":\"FP32\",\"shape\":[1,1,8,8],"
            + "\"parameters\":{\"binary_data_size\":256}}],"
            + "\"parameters\":{\"binary_data_output\":true}}";
    ByteString body = ByteString.copyFromUtf8(head).concat(pixels);
    HttpResponse<byte[]> answer =
        post(
            mesh,
            "/v2/models/digits/versions/1/infer",
            body.toByteArray(),
            String.valueOf(head.length()));
    assertThat(answer.statusCode()).isEqualTo(200);
    int start = Integer.parseInt(answer.headers().firstValue(JSON_BYTES).orElseThrow());
    assertThat(ByteString.copyFrom(answer.body()).substring(start))
        .isEqualTo(expected.getRawOutputContents(0));
  }

  @Test
  void errorsHaveTheTablesStatusesAndNameTheField(LocalMesh mesh) throws Exception {
    assertError(post(mesh, INFER, bytes("{"), ""), 400, "JSON");
    assertError(post(mesh, INFER, bytes("{\"inputs\":[]}"), ""), 400, "inputs");
    assertError(
        post(mesh, "/v2/models/nope/infer", jsonBody(ByteString.copyFrom(new byte[256])), ""),
        404,
        "nope");
    assertError(post(mesh, INFER, new byte[17 << 20], ""), 413, "request.maxBytes");
    assertError(get(mesh, "/v2/nothing"), 404, "/v2/nothing");
    assertError(
        post(mesh, "/v2/repository/models/digits/load", new byte[0], ""),
        403,
        "api.allowModelControl");
  }

  private static byte[] jsonBody(ByteString pixels) {
    StringBuilder data = new StringBuilder();
    var floats =
        pixels.asReadOnlyByteBuffer().order(java.nio.ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    while (floats.hasRemaining()) {
      data.append(data.length() == 0 ? "" : ",").append(floats.get());
    }
    return bytes(
        "{\"inputs\":[{\"name\":\"pixels\",\"datatype\":\"FP32\",\"shape\":[1,1,8,8],\"data\":["
            + data
            + "]}]}");
  }

  private static void assertError(HttpResponse<byte[]> answer, int status, String word)
      throws IOException {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(JSON.readTree(answer.body()).path("error").asText()).contains(word);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode json(HttpResponse<byte[]> answer) throws IOException {
    assertThat(answer.statusCode()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<byte[]> get(LocalMesh mesh, String path)
      throws IOException, InterruptedException {
    return http.send(to(mesh, path).GET().build(), BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> post(LocalMesh mesh, String path, byte[] body, String jsonBytes)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = to(mesh, path).POST(BodyPublishers.ofByteArray(body));
    if (!jsonBytes.isEmpty()) {
      request.header(JSON_BYTES, jsonBytes);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static HttpRequest.Builder to(LocalMesh mesh, String path) {
    int port = mesh.node(BYSTANDER).httpPort();
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(LIMIT);
  }
}
