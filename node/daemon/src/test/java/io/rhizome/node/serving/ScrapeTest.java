// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import static io.rhizome.node.serving.Mesh.A;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.SwimCounters;
import io.rhizome.gossip.transport.GossipStats;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.node.models.Transfers;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.telemetry.Metrics;
import io.rhizome.scheduler.Load;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a scrape says of requests that were served. */
class ScrapeTest {
  private final Mesh mesh = new Mesh();

  @Test
  void speaksOfRunsUnderTritonsNames() {
    mesh.holdsHere(1);
    mesh.request(List.of());
    mesh.passTime(Duration.ofMillis(3));
    mesh.runs.get(0).start();
    mesh.passTime(Duration.ofMillis(7));
    mesh.runs.get(0).finish();
    mesh.request(List.of());
    mesh.runs.get(1).fail(new InferenceException(Code.MODEL_FAILED, "no"));
    mesh.request(List.of());

    String digits = "{model=\"digits\",version=\"1\"";
    assertThat(scrape())
        .contains("# TYPE nv_inference_request_success counter\n")
        .contains("nv_inference_request_success" + digits + "} 1\n")
        .contains("nv_inference_request_failure" + digits + ",reason=\"BACKEND\"} 1\n")
        .contains("nv_inference_request_failure" + digits + ",reason=\"REJECTED\"} 0\n")
        .contains("nv_inference_count" + digits + "} 1\n")
        .contains("nv_inference_exec_count" + digits + "} 1\n")
        .contains("nv_inference_request_duration_us" + digits + "} 10000\n")
        .contains("nv_inference_queue_duration_us" + digits + "} 3000\n")
        .contains("nv_inference_compute_input_duration_us" + digits + "} 0\n")
        .contains("nv_inference_compute_infer_duration_us" + digits + "} 7000\n")
        .contains("nv_inference_compute_output_duration_us" + digits + "} 0\n")
        .contains("# TYPE nv_inference_pending_request_count gauge\n")
        .contains("nv_inference_pending_request_count" + digits + "} 1\n")
        .contains("rhizome_queue_depth 1.0\n");
  }

  @Test
  void speaksOfTheMeshUnderItsOwnNames() {
    mesh.holds(A, Status.ALIVE, 1);
    mesh.request(List.of());
    mesh.sent.get(0).result().onBroken("connection reset", true);

    assertThat(scrape())
        .contains("rhizome_requests_total{outcome=\"unavailable\"} 1.0\n")
        .contains("rhizome_requests_total{outcome=\"served\"} 0.0\n")
        .contains("rhizome_hops_total 1.0\n")
        .contains("rhizome_retries_total 0.0\n")
        .contains("rhizome_rejections_total{at=\"peer\",reason=\"broken\"} 1.0\n")
        .contains("rhizome_request_duration_seconds_bucket{from=\"client\",le=\"5.0E-4\"} 1\n")
        .contains("rhizome_request_duration_seconds_count{from=\"client\"} 1\n")
        .contains("rhizome_request_duration_seconds_count{from=\"peer\"} 0\n")
        .contains("rhizome_in_flight 2.0\n")
        .contains("rhizome_in_flight_limit 8.0\n")
        .contains("rhizome_members{status=\"alive\"} 2.0\n")
        .contains("rhizome_models{state=\"ready\"} 0.0\n")
        .contains("rhizome_gossip_packets_total{direction=\"in\"} 1.0\n")
        .contains("rhizome_gossip_dropped_total{reason=\"replayed\"} 8.0\n")
        .contains("rhizome_transfer_bytes_total{direction=\"in\"} 0.0\n")
        .contains("rhizome_transfer_bytes_total{direction=\"out\"} 0.0\n")
        .contains("rhizome_memory_rss_bytes ")
        .contains("rhizome_policy_version 7.0\n")
        .contains("rhizome_policy_age_seconds 2.5\n")
        .contains("rhizome_policy_role{role=\"voter\"} 1.0\n")
        .contains("rhizome_policy_role{role=\"leader\"} 0.0\n")
        .contains("jvm_memory_used_bytes{")
        .doesNotContain("rhizome_spans");
  }

  private String scrape() {
    Metrics.Sources sources =
        new Metrics.Sources(
            mesh.serving.counters(),
            () -> new Load(2, 8, 0, 1_000),
            mesh.models,
            new Transfers(),
            mesh::membership,
            () -> new GossipStats(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, new SwimCounters(1, 2, 3, 4, 5)),
            () ->
                new PolicyStatus(
                    PolicyStatus.Role.VOTER, List.of(), Optional.empty(), 3, 7, 2_500_000_000L),
            () -> 1L << 40,
            null);
    return new Metrics(sources).scrape();
  }
}
