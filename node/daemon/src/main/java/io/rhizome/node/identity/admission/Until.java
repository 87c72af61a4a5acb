// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicyWatcher;
import java.util.concurrent.CompletableFuture;

/** Completes once policy is at that version. */
record Until(long version, CompletableFuture<Void> reached) implements PolicyWatcher {
  @Override
  public void onRecord(PolicyRecord record) {
    if (record.version() >= version) {
      reached.complete(null);
    }
  }

  @Override
  public void onSnapshot(PolicySnapshot now) {
    if (now.version() >= version) {
      reached.complete(null);
    }
  }
}
