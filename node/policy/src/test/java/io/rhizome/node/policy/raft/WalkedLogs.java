// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static io.rhizome.node.policy.raft.WalkedSequence.check;

import io.atomix.protocols.raft.storage.log.RaftLogReader;
import io.atomix.protocols.raft.storage.log.entry.CommandEntry;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import io.atomix.storage.journal.Indexed;
import io.rhizome.gossip.NodeId;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Invariants of Raft's own state: election safety, log matching, leader completeness. */
final class WalkedLogs {
  private final SortedMap<Long, NodeId> leaders = new TreeMap<>();
  private final SortedMap<Long, String> committed = new TreeMap<>();
  private final Map<NodeId, Long> completeInTerm = new TreeMap<>();

  int terms() {
    return leaders.size();
  }

  long lastCommitted() {
    return committed.isEmpty() ? 0 : committed.lastKey();
  }

  /** After every event. */
  void onEvent(Collection<WalkingVoter> voters) {
    for (WalkingVoter voter : voters) {
      if (voter.leads()) {
        onLeader(voter);
      }
    }
  }

  private void onLeader(WalkingVoter voter) {
    long term = voter.voter.term();
    NodeId other = leaders.putIfAbsent(term, voter.node);
    check(
        other == null || other.equals(voter.node),
        "two leaders in term %d: %s and %s",
        term,
        other,
        voter.process);
    Long complete = completeInTerm.put(voter.node, term);
    if (complete == null || complete != term) {
      leaderHasAllThatIsCommitted(voter);
    }
  }

  private void leaderHasAllThatIsCommitted(WalkingVoter leader) {
    if (committed.isEmpty()) {
      return;
    }
    SortedMap<Long, String> log = log(leader);
    long first = log.isEmpty() ? Long.MAX_VALUE : log.firstKey();
    committed.forEach(
        (index, entry) ->
            check(
                index < first ? index <= snapshot(leader) : entry.equals(log.get(index)),
                "%s leads term %d with %s at %d, where %s was committed",
                leader.process,
                leader.voter.term(),
                log.get(index),
                index,
                entry));
  }

  private static long snapshot(WalkingVoter voter) {
    Snapshot snapshot = voter.raft.getSnapshotStore().getCurrentSnapshot();
    return snapshot == null ? 0 : snapshot.index();
  }

  /** After every step. */
  void onStep(Collection<WalkingVoter> voters) {
    for (WalkingVoter voter : voters) {
      if (voter.commits.getNextIndex() <= voter.raft.getCommitIndex()) {
        voter.commits.reset(voter.commits.getNextIndex());
      }
      while (voter.commits.getNextIndex() <= voter.raft.getCommitIndex()
          && voter.commits.hasNext()) {
        Indexed<RaftLogEntry> entry = voter.commits.next();
        String before = committed.putIfAbsent(entry.index(), text(entry));
        check(
            before == null || before.equals(text(entry)),
            "%s commits %s at %d, where %s was committed",
            voter.process,
            text(entry),
            entry.index(),
            before);
      }
    }
  }

  /** Now and then: two logs with the same entry have the same entries before it. */
  void logsMatch(Collection<WalkingVoter> voters) {
    for (WalkingVoter one : voters) {
      SortedMap<Long, String> log = log(one);
      for (WalkingVoter other : voters) {
        if (one != other) {
          match(one, log, other, log(other));
        }
      }
    }
  }

  private static void match(
      WalkingVoter one,
      SortedMap<Long, String> log,
      WalkingVoter other,
      SortedMap<Long, String> otherLog) {
    boolean differ = false;
    for (Map.Entry<Long, String> entry : log.entrySet()) {
      String there = otherLog.get(entry.getKey());
      if (there == null) {
        continue;
      }
      boolean same = there.equals(entry.getValue());
      check(
          !(differ && same),
          "the logs of %s and %s agree on %d, but not before it",
          one.process,
          other.process,
          entry.getKey());
      differ |= !same;
    }
  }

  private static SortedMap<Long, String> log(WalkingVoter voter) {
    SortedMap<Long, String> log = new TreeMap<>();
    try (RaftLogReader reader = voter.raft.getLog().openReader(1, RaftLogReader.Mode.ALL)) {
      while (reader.hasNext()) {
        Indexed<RaftLogEntry> entry = reader.next();
        log.put(entry.index(), text(entry));
      }
    }
    return log;
  }

  /** A leader makes one entry at an index in a term. */
  private static String text(Indexed<RaftLogEntry> entry) {
    if (entry.entry() instanceof CommandEntry command) {
      return "command %d of session %d in term %d, %d"
          .formatted(
              command.sequenceNumber(),
              command.session(),
              command.term(),
              Arrays.hashCode(command.operation().value()));
    }
    return entry.entry().toString();
  }
}
