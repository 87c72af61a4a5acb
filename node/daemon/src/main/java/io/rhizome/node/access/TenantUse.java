// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import io.rhizome.node.access.AccessException.Reason;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What one tenant uses of this node. Any thread; time is passed in. */
final class TenantUse {
  private final String tenant;
  private double rate = Double.POSITIVE_INFINITY;
  private @Nullable TokenBucket bucket;
  private int running;

  TenantUse(String tenant) {
    this.tenant = tenant;
  }

  /** Counts one more request, or says which limit is in its way. */
  synchronized void begin(TenantRules rules, long nowNanos) throws AccessException {
    if (running >= rules.concurrency()) {
      throw new AccessException(
          Reason.TOO_MANY,
          "tenant '%s' has %d requests running at this node, as many as it may"
              .formatted(tenant, running));
    }
    if (Double.isFinite(rules.rate()) && !bucket(rules, nowNanos).take(nowNanos)) {
      throw new AccessException(
          Reason.TOO_MANY,
          String.format(
              Locale.ROOT,
              "tenant '%s' is over its %s requests a second at this node",
              tenant,
              rules.rate()));
    }
    running++;
  }

  private TokenBucket bucket(TenantRules rules, long nowNanos) {
    TokenBucket current = bucket;
    if (current == null || rate != rules.rate()) {
      rate = rules.rate();
      current = new TokenBucket(rate, rules.burst(), nowNanos);
      bucket = current;
    }
    return current;
  }

  /** One request ended. */
  synchronized void end() {
    running--;
  }
}
