// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

/** Follows policy. Called for one version after another; must not block. */
public interface PolicyWatcher {
  /** The next version. */
  void onRecord(PolicyRecord record);

  /** Too much has happened to tell it record by record: this is how it is now. */
  void onSnapshot(PolicySnapshot now);
}
