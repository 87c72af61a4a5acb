// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.storage.log.RaftLogReader;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicyWatcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/** One run of one voter of a walk. */
final class WalkingVoter {
  final NodeId node;
  final VirtualWorld.Incarnation process;
  private final VirtualWorld world;
  final AtomixPolicyStore store;
  final Voter voter;
  final RaftContext raft;
  final RaftLogReader commits;
  final WalkedSequence.Told told;
  int waiting;

  WalkingVoter(
      VirtualWorld world,
      VirtualWires wires,
      VirtualWorld.Incarnation process,
      VoterConfig config,
      WalkedSequence.Told told) {
    this.world = world;
    this.node = config.self();
    this.process = process;
    AtomixPolicyStore[] started = new AtomixPolicyStore[1];
    world.as(
        process,
        null,
        () -> {
          try {
            started[0] =
                AtomixPolicyStore.start(
                    config,
                    wires.of(node, process),
                    (policy, proposal) -> {},
                    new VirtualExecutor(world, process),
                    world::nowNanos);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    store = started[0];
    voter = (Voter) field(store, "voter");
    raft = (RaftContext) field(voter, "raft");
    this.told = told;
    watch(told);
    commits = raft.getLog().openReader(1, RaftLogReader.Mode.ALL);
  }

  /** The walk looks into what is shipped; nothing else does. */
  private static Object field(Object of, String name) {
    try {
      Field field = of.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Tells it what it was not told yet. */
  void watch(WalkedSequence.Told watching) {
    world.as(
        process,
        null,
        () -> {
          var unused =
              store.watch(
                  watching.version(),
                  new PolicyWatcher() {
                    @Override
                    public void onRecord(PolicyRecord record) {
                      watching.onRecord(record);
                    }

                    @Override
                    public void onSnapshot(PolicySnapshot now) {
                      watching.onSnapshot(now);
                    }
                  });
        });
  }

  long version() {
    return store.snapshot().version();
  }

  /** Of what is left of its log. */
  long firstIndex() {
    return commits.getFirstIndex();
  }

  boolean leads() {
    return voter.isLeader();
  }

  @Nullable Throwable failure() {
    return voter.failure().cause();
  }

  @Override
  public String toString() {
    return process
        + " "
        + raft.getRole()
        + " "
        + raft.getState()
        + " "
        + store.status()
        + " commits "
        + raft.getCommitIndex()
        + " applied "
        + raft.getLastApplied()
        + " log "
        + raft.getLogWriter().getLastIndex()
        + " waits for "
        + waiting;
  }

  void close() {
    world.as(process, null, store::close);
    process.kill();
  }
}
