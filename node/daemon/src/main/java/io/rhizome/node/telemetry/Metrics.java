// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.telemetry;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.transport.GossipStats;
import io.rhizome.node.models.ReadyModels;
import io.rhizome.node.models.Transfers;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.serving.Counters;
import io.rhizome.scheduler.Load;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node's metrics: Triton's {@code nv_inference_*} for what its own executor did, {@code
 * rhizome_*} for the mesh, {@code jvm_*} and others for the process. All is read when somebody
 * scrapes, and nothing is made before the first scrape; requests pay for the counters only. Any
 * thread.
 */
public final class Metrics {
  private final Sources sources;
  private @Nullable PrometheusMeterRegistry registry;

  /**
   * What the figures are read from; each is asked at every scrape, by any thread, and must not
   * block.
   *
   * @param counters how requests ended
   * @param load how busy this node is
   * @param models what is held and loaded
   * @param transfers what peers gave and took
   * @param membership who is in the mesh
   * @param gossip what the gossip port did
   * @param policy how this node stands with policy
   * @param rssBytes resident memory of the process
   * @param tracing null where off
   */
  public record Sources(
      Counters counters,
      Supplier<Load> load,
      ReadyModels models,
      Transfers transfers,
      Supplier<MembershipView> membership,
      Supplier<GossipStats> gossip,
      Supplier<PolicyStatus> policy,
      LongSupplier rssBytes,
      @Nullable OtlpTracing tracing) {}

  /** Metrics over these sources. */
  public Metrics(Sources sources) {
    this.sources = sources;
  }

  /** All metrics in the Prometheus text format 0.0.4. Takes some milliseconds. */
  public String scrape() {
    return TritonMetrics.text(sources.counters().models()) + registry().scrape();
  }

  private synchronized PrometheusMeterRegistry registry() {
    PrometheusMeterRegistry known = registry;
    if (known == null) {
      known = new Meters(sources).registry();
      registry = known;
    }
    return known;
  }
}
