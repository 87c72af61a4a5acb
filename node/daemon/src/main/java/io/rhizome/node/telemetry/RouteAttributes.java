// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Estimate;
import io.rhizome.scheduler.Explanation;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** A routing decision as attributes of a span's event: who chose, among whom, and why. */
final class RouteAttributes {
  private static final AttributeKey<String> ROUTER = AttributeKey.stringKey("rhizome.router");
  private static final AttributeKey<List<String>> HOLDERS =
      AttributeKey.stringArrayKey("rhizome.holders");
  private static final AttributeKey<List<String>> CHANGES =
      AttributeKey.stringArrayKey("rhizome.changes");
  private static final int MAX_HOLDERS = 16;

  private RouteAttributes() {}

  /** The first {@value #MAX_HOLDERS} holders, the chosen one first. */
  static Attributes of(Explanation why, Function<NodeId, String> names) {
    List<String> holders =
        why.holders().stream()
            .limit(MAX_HOLDERS)
            .map(holder -> words(names.apply(holder.node().id()), holder))
            .toList();
    List<String> changes =
        why.changes().stream()
            .map(change -> names.apply(change.node()) + " " + change.condition())
            .toList();
    return Attributes.of(ROUTER, why.router(), HOLDERS, holders, CHANGES, changes);
  }

  private static String words(String name, Explanation.Holder holder) {
    Estimate estimate = holder.estimate();
    return "%s: %s, %s = network %s + transfer %s + queue %s + service %s"
        .formatted(
            name,
            holder.verdict(),
            millis(estimate.totalNanos()),
            millis(estimate.networkNanos()),
            millis(estimate.transferNanos()),
            millis(estimate.queueNanos()),
            millis(estimate.serviceNanos()));
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
  }
}
