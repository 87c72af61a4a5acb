// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.telemetry;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.rhizome.node.serving.Counters;
import io.rhizome.node.serving.LatencyHistogram;

/** {@code rhizome_request_duration_seconds}: a histogram of whole requests, read when scraped. */
final class Latencies implements Collector {
  private static final String NAME = "rhizome_request_duration_seconds";
  private static final double NANOS = 1e9;

  private final Counters counters;

  Latencies(Counters counters) {
    this.counters = counters;
  }

  @Override
  public MetricSnapshot collect() {
    return HistogramSnapshot.builder()
        .name(NAME)
        .help("From a request's arrival at this node to its end, hops included, by who sent it")
        .dataPoint(point("client", counters.fromClients()))
        .dataPoint(point("peer", counters.fromPeers()))
        .build();
  }

  private static HistogramDataPointSnapshot point(String from, LatencyHistogram histogram) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < histogram.buckets(); i++) {
      buckets.bucket(histogram.upperSeconds(i), histogram.count(i));
    }
    return HistogramDataPointSnapshot.builder()
        .labels(Labels.of("from", from))
        .classicHistogramBuckets(buckets.build())
        .sum(histogram.sumNanos() / NANOS)
        .build();
  }
}
