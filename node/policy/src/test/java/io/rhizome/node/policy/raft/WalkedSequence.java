// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicyMachine;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.ProposalId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Invariant: there is one sequence of versions. Whatever a voter, a watcher or an author is told,
 * ever, is of it.
 */
final class WalkedSequence {
  private static final Logger log = LoggerFactory.getLogger(WalkedSequence.class);

  private final List<PolicyRecord> records = new ArrayList<>();
  private final List<Integer> states = new ArrayList<>(List.of(PolicySnapshot.EMPTY.hashCode()));
  private final PolicyMachine machine = new PolicyMachine(PolicyImage.EMPTY);
  private final SortedMap<ProposalId, Long> versions = new TreeMap<>();
  private final SortedMap<ProposalId, String> refused = new TreeMap<>();

  long version() {
    return records.size();
  }

  PolicySnapshot now() {
    return machine.snapshot();
  }

  private void shown(String who, PolicyRecord record) {
    long version = record.version();
    if (version <= records.size()) {
      PolicyRecord before = records.get((int) version - 1);
      check(
          before.equals(record),
          "%s is told %s as version %d, which was %s before",
          who,
          record.id(),
          version,
          before.id());
      return;
    }
    check(version == records.size() + 1, "%s is told version %d after %d", who, version, version());
    records.add(record);
    machine.replay(record);
    states.add(machine.snapshot().hashCode());
    Long twice = versions.put(record.id(), version);
    check(twice == null, "%s is committed twice, %s and %d", record.id(), twice, version);
    String why = refused.get(record.id());
    check(why == null, "%s is committed, but its author was told %s", record.id(), why);
  }

  void shown(String who, PolicySnapshot snapshot) {
    check(
        snapshot.version() <= version(),
        "%s has version %d of %d",
        who,
        snapshot.version(),
        version());
    check(
        snapshot.hashCode() == states.get((int) snapshot.version()),
        "%s has another version %d",
        who,
        snapshot.version());
  }

  void acknowledged(ProposalId id, long version) {
    Long known = versions.get(id);
    check(
        known != null && known == version,
        "%s is acknowledged as version %d, but is %s",
        id,
        version,
        known);
  }

  void refused(ProposalId id, String why) {
    refused.put(id, why);
    Long version = versions.get(id);
    check(version == null, "%s is version %s, but its author is told %s", id, version, why);
  }

  static void check(boolean holds, String broken, @Nullable Object... arguments) {
    if (!holds) {
      throw new AssertionError(String.format(Locale.ROOT, broken, arguments));
    }
  }

  /** Invariant: a watcher is told every version once, in order, without a gap. */
  final class Told {
    private final String who;
    private long version;
    private int snapshots;

    Told(String who) {
      this.who = who;
    }

    long version() {
      return version;
    }

    int snapshots() {
      return snapshots;
    }

    void onRecord(PolicyRecord record) {
      log.debug("{} is told {} {}", who, record.version(), record.id());
      shown(who, record);
      check(
          record.version() == version + 1,
          "a watcher at %s is told version %d after %d",
          who,
          record.version(),
          version);
      version = record.version();
    }

    void onSnapshot(PolicySnapshot now) {
      shown(who, now);
      check(
          now.version() > version,
          "a watcher at %s is told snapshot %d after %d",
          who,
          now.version(),
          version);
      version = now.version();
      snapshots++;
    }
  }
}
