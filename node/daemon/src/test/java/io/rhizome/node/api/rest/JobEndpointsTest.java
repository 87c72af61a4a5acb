// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.rhizome.node.access.Role;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobSource;
import io.rhizome.node.jobs.Placement;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.node.protocol.inference.ModelInferResponse.InferOutputTensor;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs over REST. */
class JobEndpointsTest {
  private static final String ITEM =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]}\n";

  private RestFixture node;

  @BeforeEach
  void start() throws Exception {
    node = new RestFixture(HttpClient.Version.HTTP_1_1);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private HttpResponse<byte[]> submit(String query, String body) throws Exception {
    return node.post("/v1/jobs?" + query, body.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private static void refused(HttpResponse<byte[]> response, int status, String words)
      throws Exception {
    assertThat(response.statusCode()).as(text(response)).isEqualTo(status);
    assertThat(RestFixture.json(response).path("error").asText()).contains(words);
  }

  @Test
  void eachLineIsAnItem() throws Exception {
    HttpResponse<byte[]> answer =
        submit("model=echo&id=a&version=3&priority=2&expires=12h", ITEM + "\r\n" + ITEM.strip());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(RestFixture.json(answer).path("items").asInt()).isEqualTo(2);
    assertThat(RestFixture.json(answer).path("state").asText()).isEqualTo("RUNNING");
    assertThat(node.jobs.spec("a").version()).isEqualTo(3);
    assertThat(node.jobs.spec("a").priority()).isEqualTo(2);
    assertThat(node.jobs.spec("a").expires()).isEqualTo(Duration.ofHours(12));
    ModelInferRequest item = ModelInferRequest.parseFrom(node.jobs.items("a").get(1));
    assertThat(item.getInputs(0).getName()).isEqualTo("x");
    assertThat(item.getRawInputContents(0).size()).isEqualTo(4);
    assertThat(RestFixture.json(node.get("/v1/jobs")).at("/jobs/0/id").asText()).isEqualTo("a");
    assertThat(RestFixture.json(node.get("/v1/jobs/a")).path("model").asText()).isEqualTo("echo");
  }

  @Test
  void theQuerySaysWhereAndWhenItemsRun() throws Exception {
    HttpResponse<byte[]> answer =
        submit(
            "model=echo&id=a&objective=cost&window=22:00-06:00%20Europe/Rome&on_mains=true", ITEM);

    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    assertThat(node.jobs.spec("a").source()).isEqualTo(new JobSource("eu", ""));
    assertThat(node.jobs.spec("a").placement().objective()).isEqualTo(Placement.Objective.COST);
    assertThat(text(answer))
        .contains("\"objective\":\"cost\"")
        .contains("\"window\":\"22:00-06:00 Europe/Rome\"")
        .contains("\"on_mains\":true")
        .contains("\"from_site\":\"\"");
    assertThat(text(submit("model=echo&id=b&window=22:00-06:00", ITEM)))
        .contains("\"objective\":\"latency\"")
        .contains("\"window\":\"22:00-06:00 Z\"")
        .contains("\"on_mains\":false");
  }

  @Test
  void aBodyMayBeLongerThanARequest() throws Exception {
    int items = 8 * RestFixture.MAX_BYTES / ITEM.length();

    HttpResponse<byte[]> answer = submit("model=echo&id=a", ITEM.repeat(items));

    assertThat(RestFixture.json(answer).path("items").asInt()).isEqualTo(items);
  }

  @Test
  void aBadLineIsNamedAndWhatCameBeforeItStays() throws Exception {
    refused(submit("model=echo&id=a", ITEM + ITEM + "{\"inputs\":[]}\n"), 400, "line 3: inputs");
    refused(submit("model=echo&id=b", ITEM + "\n{oops\n"), 400, "line 3: the request's JSON");
    refused(submit("model=echo&id=c", ITEM + " ".repeat(RestFixture.MAX_BYTES + 1)), 413, "line 2");
    assertThat(RestFixture.json(node.get("/v1/jobs/a/upload")).path("items").asInt()).isEqualTo(2);

    HttpResponse<byte[]> rest = submit("model=echo&id=a&first_item=2", ITEM);

    assertThat(RestFixture.json(rest).path("items").asInt()).isEqualTo(3);
    assertThat(RestFixture.json(node.get("/v1/jobs/a/upload")).path("items").asInt()).isEqualTo(3);
  }

  @Test
  void parametersThatMakeNoSenseAreNamed() throws Exception {
    refused(submit("model=echo", ITEM), 400, "id is missing");
    refused(submit("id=a", ITEM), 400, "model");
    refused(submit("model=echo&id=a&priority=x", ITEM), 400, "priority");
    refused(submit("model=echo&id=a&priority=10", ITEM), 400, "priority");
    refused(submit("model=echo&id=a&expires=soon", ITEM), 400, "expires");
    refused(submit("model=echo&id=a&objective=speed", ITEM), 400, "objective: latency, cost or");
    refused(submit("model=echo&id=a&window=22-06", ITEM), 400, "window: such as");
    refused(submit("model=echo&id=a&window=22:00-06:00%20Atlantis", ITEM), 400, "window: no zone");
    refused(submit("model=echo&id=a&on_mains=yes", ITEM), 400, "on_mains");
    refused(submit("model=echo&id=a&first_item=-1", ITEM), 400, "first_item");
    refused(submit("model=echo&id=a&first_item=9", ITEM), 400, "first_item");
    refused(submit("model=echo&id=a", ""), 400, "at least one");
    refused(node.get("/v1/jobs/-a"), 400, "job id");
    refused(node.get("/v1/jobs/none/results?failed_only=x"), 400, "failed_only");
  }

  @Test
  void whoIsRefusedWhileItSendsIsToldWhy() throws Exception {
    for (int i = 0; i < 100; i++) {
      refused(submit("model=echo", ITEM.repeat(1 + 100 * i)), 400, "id is missing");
    }
    assertThat(submit("model=echo&id=a", ITEM).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_FOUND,404,false",
    "CONFLICT,409,false",
    "INVALID,400,false",
    "TOO_LARGE,413,false",
    "FULL,429,true",
    "UNAVAILABLE,503,true"
  })
  void eachFailureHasItsStatusAndAHintWhereItHelps(
      JobException.Code code, int status, boolean retry) throws Exception {
    node.jobs.fail(code);

    HttpResponse<byte[]> refused = submit("model=echo&id=a", ITEM);

    refused(refused, status, "");
    assertThat(refused.headers().firstValue("retry-after").isPresent()).isEqualTo(retry);
    assertThat(node.get("/v1/jobs/a").statusCode()).isEqualTo(status);
  }

  @Test
  void resultsAreLinesAndFailedOnesCanBeHadAlone() throws Exception {
    submit("model=echo&id=a", ITEM.repeat(40));
    for (int i = 0; i < 39; i++) {
      node.jobs.answer("a", i, answer("FP32"));
    }
    node.jobs.failItem("a", 20, "too \"dark\"");

    HttpResponse<byte[]> all = node.get("/v1/jobs/a/results?first_item=19");
    HttpResponse<byte[]> failed = node.get("/v1/jobs/a/results?failed_only=true");

    List<String> lines = text(all).lines().toList();
    assertThat(all.headers().firstValue("content-type")).contains("application/jsonl");
    assertThat(lines).hasSize(20);
    assertThat(lines.get(0)).startsWith("{\"item\":19,").contains("\"data\":[1.5]");
    assertThat(lines.get(1)).isEqualTo("{\"item\":20,\"error\":\"too \\\"dark\\\"\"}");
    assertThat(text(failed)).isEqualTo(lines.get(1) + "\n");
  }

  @Test
  void anAnswerWithoutAJsonFormSaysHowToReadIt() throws Exception {
    submit("model=echo&id=a", ITEM);
    node.jobs.answer("a", 0, answer("FP16"));

    assertThat(text(node.get("/v1/jobs/a/results")))
        .startsWith("{\"item\":0,\"error\":\"output 'y': FP16 has no JSON form")
        .contains("read results over gRPC");
  }

  private static ModelInferResponse answer(String datatype) {
    return ModelInferResponse.newBuilder()
        .setModelName("echo")
        .setModelVersion("3")
        .addOutputs(InferOutputTensor.newBuilder().setName("y").setDatatype(datatype).addShape(1))
        .addRawOutputContents(ByteString.copyFrom(new byte[] {0, 0, (byte) 0xc0, 0x3f}))
        .build();
  }

  @Test
  void aJobIsGivenUpAndTakenUpAgain() throws Exception {
    submit("model=echo&id=a", ITEM);

    HttpResponse<byte[]> cancelled = node.post("/v1/jobs/a/cancel", new byte[0]);
    HttpResponse<byte[]> retried = node.post("/v1/jobs/a/retry", new byte[0]);

    assertThat(RestFixture.json(cancelled).path("state").asText()).isEqualTo("CANCELLED");
    assertThat(RestFixture.json(retried).path("state").asText()).isEqualTo("RUNNING");
  }

  @Test
  void aTenantSeesItsOwnJobsOnly() throws Exception {
    node.policy.put("Mesh", "mesh", "{\"clients\":\"keys\"}");
    String acme = node.policy.key("acme", Role.CLIENT);
    String other = node.policy.key("other", Role.CLIENT);
    byte[] item = ITEM.getBytes(StandardCharsets.UTF_8);

    refused(submit("model=echo&id=a", ITEM), 401, "API key");
    HttpResponse<byte[]> mine =
        node.post("/v1/jobs?model=echo&id=a", item, "authorization", "Bearer " + acme);

    assertThat(RestFixture.json(mine).path("tenant").asText()).isEqualTo("acme");
    for (String path : List.of("", "/results", "/upload")) {
      refused(get("/v1/jobs/a" + path, other), 404, "no job has the id 'a'");
    }
    refused(node.post("/v1/jobs/a/cancel", new byte[0], "x-api-key", other), 404, "no job");
    assertThat(text(get("/v1/jobs", other))).isEqualTo("{\"jobs\":[]}");
    assertThat(get("/v1/jobs/a", acme).statusCode()).isEqualTo(200);
    node.policy.put("Tenant", "other", "{\"models\":[]}");
    refused(
        node.post("/v1/jobs?model=echo&id=b", item, "x-api-key", other),
        403,
        "may not use model 'echo'");
  }

  private HttpResponse<byte[]> get(String path, String key) throws Exception {
    return node.send(node.to(path).header("x-api-key", key).build());
  }

  @Test
  void aClientThatGoesAwayLeavesItsItemsForAnotherTry() throws Exception {
    HttpRequest broken =
        node.to("/v1/jobs?model=echo&id=a")
            .POST(
                BodyPublishers.concat(
                    BodyPublishers.ofString(ITEM + ITEM),
                    BodyPublishers.ofInputStream(
                        () -> {
                          throw new IllegalStateException("the client breaks");
                        })))
            .build();
    assertThat(node.begin(broken)).failsWithin(Duration.ofSeconds(10));

    String body = ITEM + ITEM + ITEM;
    // Until the node notices the break the id is taken.
    HttpResponse<byte[]> again =
        await().until(() -> submit("model=echo&id=a", body), answer -> answer.statusCode() != 409);

    assertThat(RestFixture.json(again).path("items").asInt()).isEqualTo(3);
  }
}
