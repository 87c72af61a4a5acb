// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static io.rhizome.node.policy.raft.WalkedSequence.check;

import io.atomix.protocols.raft.cluster.RaftMember;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What a random walk comes to seldom, step by step, with the same invariants. */
public final class WalkScenarios extends WalkedMesh {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final Set<String> ONE_VOTER = Set.of("second voter", "third voter");
  private static final int LARGE_BYTES = 20_000;

  private WalkScenarios(Path directory) {
    super(7, directory);
  }

  /** One scenario by its name, in the class loader of this class; the last one's word or two. */
  public static String run(String name, Path directory) throws InterruptedException {
    return onAtomixThread(
        () -> {
          WalkScenarios scenarios = new WalkScenarios(directory);
          scenarios.found(ONE_VOTER.contains(name) ? 1 : VOTERS);
          switch (name) {
            case "blackout" -> scenarios.blackout();
            case "compaction" -> scenarios.compaction();
            case "minority" -> scenarios.minority();
            case "promotion" -> scenarios.promotion();
            case "second voter" -> scenarios.secondVoter();
            case "third voter" -> scenarios.thirdVoter();
            case "clock an hour ahead" -> scenarios.clock(HOUR_MILLIS);
            case "clock an hour behind" -> scenarios.clock(-HOUR_MILLIS);
            case "boots in 1970" -> scenarios.clock(-1_790_000_000_000L);
            default -> throw new IllegalArgumentException(name);
          }
          scenarios.rest();
          return scenarios.toString();
        });
  }

  private WalkingVoter leader() {
    pass(30 * SECONDS, "somebody leads", () -> voters.values().stream().anyMatch(v -> v.leads()));
    return voters.values().stream().filter(WalkingVoter::leads).findFirst().orElseThrow();
  }

  private WalkingVoter voter(NodeId node) {
    return Objects.requireNonNull(voters.get(node));
  }

  private void write(WalkingVoter through, int bytes) {
    long before = sequence.version();
    pass(20 * SECONDS, "a write commits", () -> writes(through.node, bytes, before));
  }

  /**
   * All power fails just when a write is acknowledged, and its leader's disk with it; what the
   * leader showed, the others must have.
   */
  private void blackout() throws IOException {
    for (int i = 0; i < 5; i++) {
      NodeId leader = leader().node;
      long before = sequence.version();
      propose(voter(leader), "m", 9, Change.ANY);
      while (sequence.version() == before) {
        check(world.step(world.nowNanos() + SECONDS), "the write is lost");
      }
      for (int n = 1; n <= VOTERS; n++) {
        kill(voter(node(n)));
        disks.forgetUnforced(directory(node(n)));
      }
      for (int n = 1; n <= VOTERS; n++) {
        if (!node(n).equals(leader)) {
          startAgain(node(n));
        }
      }
      pass(30 * SECONDS, "the others have it", () -> leader().store.snapshot().version() > before);
      write(leader(), 9);
      startAll();
      pass(30 * SECONDS, "all are back", this::isWhole);
    }
  }

  /** A node has joined and has no vote yet, when it and the leader start again. */
  private void promotion() throws IOException {
    NodeId joining = leader().node.equals(node(3)) ? node(2) : node(3);
    kill(voter(joining));
    disks.lose(directory(joining));
    startAgain(joining);
    RaftMember.Type half = RaftMember.Type.PROMOTABLE;
    long end = world.nowNanos() + 30 * SECONDS;
    while (voter(joining).raft.getCluster().getMember().getType() != half) {
      check(world.step(end), "it never joins");
    }
    pass(2 * MILLIS);
    kill(voter(joining));
    for (int n = 1; n <= VOTERS; n++) {
      if (!node(n).equals(joining)) {
        kill(voter(node(n)));
        startAgain(node(n));
      }
    }
    check(leader().voter.term() > 1, "the same leader");
    startAgain(joining);
    pass(60 * SECONDS, "it has its vote", this::isWhole);
  }

  /** The second voter has what gives it its vote, and only its answer is lost. */
  private void thirdVoter() {
    VirtualWires.Weather far = new VirtualWires.Weather(0, 0, 1000, 600 * MILLIS);
    wires.weather(far);
    WalkingVoter first = leader();
    start(node(2), new TreeSet<>(voters.keySet()));
    WalkingVoter second = voter(node(2));
    wires.loseAnswer(
        (from, subject) ->
            from.equals(second.node)
                && subject.equals("append")
                && first.voter.voters().size() == 2
                && last(second) == last(first));
    pass(20 * SECONDS, "two vote", () -> second.voter.voters().size() == 2);
    start(node(3), new TreeSet<>(voters.keySet()));
    pass(30 * SECONDS, "all three vote", this::isWhole);
    check(first.voter.term() == 1, "somebody else leads");
  }

  private static long last(WalkingVoter voter) {
    return voter.raft.getLogWriter().getLastIndex();
  }

  /**
   * Word that it has its vote never gets to the second voter, and the first, who counts it, cannot
   * lead without it; for longer than a node asks for a vote that it surely has not.
   */
  private void secondVoter() {
    NodeId second = node(2);
    WalkingVoter first = leader();
    start(second, new TreeSet<>(voters.keySet()));
    long end = world.nowNanos() + 30 * SECONDS;
    while (first.voter.voters().size() == 1) {
      check(world.step(end), "it never joins");
    }
    wires.cut(second);
    pass(60 * SECONDS);
    check(!first.leads(), "the first leads alone");
    check(!voter(second).voter.voters().contains(second), "the second was told");
    wires.heal();
    pass(30 * SECONDS, "both vote", () -> voter(second).voter.voters().size() == 2);
    write(voter(second), 9);
  }

  /** A voter that was away for longer than the log reaches back gets a snapshot. */
  private void compaction() {
    NodeId away = leader().node.equals(node(3)) ? node(2) : node(3);
    kill(voter(away));
    for (int i = 0; i < 120; i++) {
      write(leader(), LARGE_BYTES);
    }
    pass(
        60 * SECONDS,
        "the leader has compacted its log",
        () ->
            leader().firstIndex() > 1
                && leader().raft.getSnapshotStore().getCurrentSnapshot() != null);
    startAgain(away);
    pass(60 * SECONDS, "it has it", () -> voter(away).version() == sequence.version());
    check(wires.installs() > 0, "no snapshot was sent");
    check(voter(away).told.snapshots() > 0, "the watcher was told no snapshot");
    write(voter(away), LARGE_BYTES);
  }

  /**
   * The leader's wall clock jumps while all are there, and again while a voter that was away for
   * long starts, whose clock is wrong the other way.
   */
  private void clock(long offsetMillis) {
    WalkingVoter leader = leader();
    NodeId away = leader.node.equals(node(3)) ? node(2) : node(3);
    write(leader, 9);
    leader.process.wallOffset(offsetMillis);
    pass(5 * SECONDS);
    write(leader, 9);
    leader.process.wallOffset(0);
    pass(5 * SECONDS);
    write(leader, 9);
    check(leader.leads() && leader.voter.term() == 1, "the clock took its lead");
    kill(voter(away));
    pass(10 * SECONDS);
    write(leader, 9);
    leader.process.wallOffset(offsetMillis);
    startAgain(away);
    voter(away).process.wallOffset(-offsetMillis);
    pass(20 * SECONDS, "it is back", () -> voter(away).version() == sequence.version());
    write(voter(away), 9);
  }

  /**
   * Where a majority is cut off, dead or hanging, an author is told within 3 seconds, whether the
   * one it asks led or followed; once they are back, all follow.
   */
  private void minority() {
    for (int i = 0; i < 6; i++) {
      NodeId alone = leader().node;
      if (i % 2 == 1) {
        alone = alone.equals(node(3)) ? node(2) : node(3);
      }
      write(voter(alone), 9);
      for (int n = 1; n <= VOTERS; n++) {
        if (!node(n).equals(alone)) {
          takeAway(voter(node(n)), i / 2);
        }
      }
      refused(alone);
      pass(5 * SECONDS);
      refused(alone);
      wires.heal();
      voters.values().forEach(voter -> voter.process.hangUntil(0));
      startAll();
      pass(30 * SECONDS, "all are back", this::isWhole);
      write(leader(), 9);
      pass(30 * SECONDS, "all follow", this::allEqual);
    }
  }

  private void takeAway(WalkingVoter voter, int how) {
    switch (how) {
      case 0 -> wires.cut(voter.node);
      case 1 -> kill(voter);
      default -> voter.process.hangUntil(world.nowNanos() + 60 * SECONDS);
    }
  }

  private void refused(NodeId alone) {
    WalkingVoter voter = voter(alone);
    propose(voter, "refused", 9, Change.ANY);
    pass(3 * SECONDS, "the author is told", () -> voter.waiting == 0);
  }
}
