// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.node.access.Role;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys and limits at the HTTP port. */
class RestAccessTest {
  private static final String INFER = "/v2/models/echo/infer";
  private static final String BODY =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]}";

  private RestFixture node;

  @BeforeEach
  void start() throws Exception {
    node = new RestFixture(HttpClient.Version.HTTP_1_1);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private HttpResponse<byte[]> get(String path, @Nullable String key) throws Exception {
    HttpRequest.Builder request = node.to(path).GET();
    if (key != null) {
      request.header("authorization", "Bearer " + key);
    }
    return node.send(request.build());
  }

  private HttpResponse<byte[]> infer(@Nullable String key) throws Exception {
    HttpRequest.Builder request = node.to(INFER).POST(BodyPublishers.ofString(BODY));
    if (key != null) {
      request.header("x-api-key", key);
    }
    return node.send(request.build());
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void whereTheMeshAsksForKeysNothingButHealthIsThereWithoutOne() throws Exception {
    assertThat(infer(null).statusCode()).isEqualTo(200);
    node.policy.put("Mesh", "mesh", "{\"clients\":\"keys\"}");

    HttpResponse<byte[]> refused = infer(null);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(text(refused)).startsWith("{\"error\":\"").contains("authorization: Bearer rzk1");
    assertThat(refused.headers().firstValue("www-authenticate")).contains("Bearer");
    for (String path : new String[] {"/v2", "/v2/models/echo", "/metrics", "/v2/models/stats"}) {
      assertThat(get(path, null).statusCode()).as(path).isEqualTo(401);
    }
    assertThat(get("/v2/health/live", null).statusCode()).isEqualTo(200);
    assertThat(get("/v2/health/ready", null).statusCode()).isEqualTo(200);
  }

  @Test
  void eachRoleSeesItsPaths() throws Exception {
    node.policy.put("Mesh", "mesh", "{\"clients\":\"keys\"}");
    String client = node.policy.key("acme", Role.CLIENT);
    String viewer = node.policy.key("acme", Role.VIEWER);

    assertThat(infer(client).statusCode()).isEqualTo(200);
    assertThat(get("/v2/models/echo", client).statusCode()).isEqualTo(200);
    assertThat(get("/metrics", client).statusCode()).isEqualTo(403);
    assertThat(get("/metrics", viewer).statusCode()).isEqualTo(200);
    HttpResponse<byte[]> refused = infer(viewer);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(text(refused)).contains("role viewer is not for inference");
  }

  @Test
  void aTenantOverItsRateIsToldToComeBack() throws Exception {
    String key = node.policy.key("acme", Role.CLIENT);
    node.policy.put("Tenant", "acme", "{\"rate\":0.001}");

    assertThat(infer(key).statusCode()).isEqualTo(200);
    HttpResponse<byte[]> refused = infer(key);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("retry-after")).isPresent();
    assertThat(text(refused)).contains("tenant 'acme' is over its");
  }

  @Test
  void aTenantsRequestsAreCountedUntilTheyEndHoweverTheyEnd() throws Exception {
    String key = node.policy.key("acme", Role.CLIENT);
    node.policy.put("Tenant", "acme", "{\"concurrency\":1}");
    for (int i = 0; i < 3; i++) {
      assertThat(infer(key).statusCode()).isEqualTo(200);
      HttpRequest unknown =
          node.to("/v2/models/nobodys/infer")
              .header("x-api-key", key)
              .POST(BodyPublishers.ofString(BODY))
              .build();
      assertThat(node.send(unknown).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void guessingIsSlowedDown() throws Exception {
    int guesses = 0;
    while (infer("rzk1.aaaaaaaaaaaaaaaa." + "A".repeat(43)).statusCode() == 401) {
      guesses++;
    }
    assertThat(guesses).isBetween(10, 40);
    assertThat(infer("rzk1.aaaaaaaaaaaaaaaa." + "A".repeat(43)).statusCode()).isEqualTo(429);
    assertThat(infer(null).statusCode()).isEqualTo(200);
  }

  @Test
  void oldPolicyIsToldAndRefusedWhereARuleSaysSo() throws Exception {
    node.policy.age(TimeUnit.SECONDS.toNanos(90));
    HttpResponse<byte[]> answer = infer(null);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("rhizome-policy-age-seconds")).contains("90");

    node.policy.put("Route", "r", "{\"maxPolicyAge\":\"60s\",\"models\":\"*\"}");
    HttpResponse<byte[]> refused = infer(null);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(text(refused)).contains("policy at this node is 90 s old");
  }
}
