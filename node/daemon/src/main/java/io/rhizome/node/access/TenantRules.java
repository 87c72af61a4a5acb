// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;

/**
 * What a tenant may do, as policy has it. Immutable.
 *
 * @param rate requests a second, at each node; infinite where not limited
 * @param concurrency requests at once, at each node
 * @param jobs jobs that have not ended, at each site
 * @param anyModel whether every model may be used
 * @param models else these
 */
record TenantRules(double rate, int concurrency, int jobs, boolean anyModel, Set<String> models) {
  TenantRules {
    models = Set.copyOf(models);
  }

  static TenantRules of(JsonNode spec) {
    Set<String> models = new HashSet<>();
    spec.path("models").forEach(model -> models.add(model.asText()));
    return new TenantRules(
        spec.path("rate").asDouble(Double.POSITIVE_INFINITY),
        spec.path("concurrency").asInt(Integer.MAX_VALUE),
        spec.path("jobs").asInt(Integer.MAX_VALUE),
        spec.path("models").isMissingNode(),
        models);
  }

  boolean mayUse(String model) {
    return anyModel || models.contains(model);
  }

  /** How many may come in one moment: a second's worth, and at least one. */
  double burst() {
    return rate == 0 ? 0 : Math.max(1, rate);
  }
}
