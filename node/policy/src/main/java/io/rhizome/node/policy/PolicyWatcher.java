// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import java.util.function.Consumer;
import java.util.function.Predicate;

/** Follows policy. Called for one version after another; must not block. */
public interface PolicyWatcher {
  /** The next version. */
  void onRecord(PolicyRecord record);

  /** Too much has happened to tell it record by record: this is how it is now. */
  void onSnapshot(PolicySnapshot now);

  /**
   * Follows all that a store says of some kinds of resources.
   *
   * @param kinds which
   * @param changed told policy as it is, first of all and after each change to one of them
   * @return stops it
   */
  static Runnable ofKinds(
      PolicyStore store, Predicate<String> kinds, Consumer<PolicySnapshot> changed) {
    return store.watch(
        0,
        new PolicyWatcher() {
          @Override
          public void onRecord(PolicyRecord record) {
            if (record.changes().stream().anyMatch(change -> kinds.test(change.key().kind()))) {
              changed.accept(store.snapshot());
            }
          }

          @Override
          public void onSnapshot(PolicySnapshot now) {
            changed.accept(now);
          }
        });
  }
}
