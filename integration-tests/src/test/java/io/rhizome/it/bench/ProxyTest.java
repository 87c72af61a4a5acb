// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class ProxyTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @SuppressWarnings("NullAway.Init") // made before the tests
  private static EchoServer holder;

  @BeforeAll
  static void startHolder() throws Exception {
    holder = new EchoServer();
  }

  @AfterAll
  static void stopHolder() {
    holder.close();
  }

  @Test
  void passesSmallAndLargeMessagesThroughUnchanged() throws IOException {
    try (Proxy proxy = new Proxy(holder.tlsPort(), holder.id(), 2);
        LoadClient client = new LoadClient(proxy.port(), 1)) {
      for (int bytes : new int[] {4, 1024, 600 * 1024, 5 << 20}) {
        ModelInferRequest request = Echo.request(bytes);
        Echo.verify(request, client.call(request, LIMIT));
      }
    }
    assertThat(holder.suite()).isEqualTo("TLS_AES_128_GCM_SHA256");
  }

  @Test
  void passesTheUpstreamsErrorsOn() throws IOException {
    ModelInferRequest request = Echo.request(4).toBuilder().setModelName("other").build();
    try (Proxy proxy = new Proxy(holder.tlsPort(), holder.id(), 1);
        LoadClient client = new LoadClient(proxy.port(), 1)) {
      assertThatThrownBy(() -> client.call(request, LIMIT))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
                assertThat(e.getStatus().getDescription()).isEqualTo("no such model");
              });
    }
  }

  @Test
  void refusesAnUpstreamThatHoldsAnotherKey() throws IOException {
    NodeId other = NodeId.ofPublicKey(new byte[] {1});
    try (Proxy proxy = new Proxy(holder.tlsPort(), other, 1);
        LoadClient client = new LoadClient(proxy.port(), 1)) {
      assertThatThrownBy(() -> client.call(Echo.request(4), LIMIT))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }
  }

  @Test
  void countsEveryAnswerOfAClosedLoop() throws IOException, InterruptedException {
    byte[] request = Echo.request(1024).toByteArray();
    try (LoadClient client = new LoadClient(holder.plainPort(), 2)) {
      LoadClient.Window window =
          client.run(request, 1024, 8, Duration.ofMillis(50), Duration.ofMillis(200), () -> 1.0);
      assertThat(window.latencies().count()).isGreaterThan(8);
      assertThat(window.latencies().quantile(0.5))
          .isPositive()
          .isLessThanOrEqualTo(window.latencies().quantile(0.99));
      assertThat(window.seconds()).isBetween(0.2, 10.0);
      assertThat(window.counted()).isZero();
    }
  }

  @Test
  void refusesFiguresWithFailuresInThem() {
    byte[] request = Echo.request(4).toBuilder().setModelName("other").build().toByteArray();
    try (LoadClient client = new LoadClient(holder.plainPort(), 1)) {
      assertThatThrownBy(
              () -> client.run(request, 4, 4, Duration.ZERO, Duration.ofMillis(50), () -> 0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("NOT_FOUND");
    }
  }

  @Test
  void comparesTargetsUnderTheSameLoads() throws IOException, InterruptedException {
    try (ProxyProcess proxy = new ProxyProcess(holder.tlsPort(), holder.id(), 2)) {
      Target direct = new Target("direct", holder.plainPort(), ProcessHandle.current().pid());
      Target proxied = new Target("proxy", proxy.port(), proxy.pid());
      Comparison.Load load = new Comparison.Load(1024, 4);
      Comparison comparison =
          new Comparison(
              new Comparison.Timing(
                  3, Duration.ofMillis(200), Duration.ofMillis(20), Duration.ofMillis(100)),
              2,
              List.of(load),
              List.of(direct, proxied));
      comparison.run();
      assertThat(comparison.median(load, proxied, Comparison.Measured::p50Micros)).isPositive();
      List<Map<String, Object>> rows = comparison.rows();
      assertThat(rows).extracting(row -> row.get("target")).containsExactly("direct", "proxy");
      assertThat(rows.get(0)).containsKeys("p50_us", "cpu_us_per_request_rounds");
      assertThat(rows.get(0).get("p50_us_rounds"))
          .asInstanceOf(InstanceOfAssertFactories.LIST)
          .hasSize(3);
      assertThat(comparison.table().toString()).contains("1 KB c=4", "added us");
    }
  }
}
