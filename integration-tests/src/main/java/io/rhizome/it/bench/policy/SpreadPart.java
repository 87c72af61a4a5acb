// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.FollowerPolicyStore;
import io.rhizome.node.policy.ImageFile;
import io.rhizome.node.policy.InMemoryPolicyStore;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a change takes to every follower, within this process: the shipped followers and feed,
 * no network. Each thread has some of the followers.
 */
final class SpreadPart implements AutoCloseable {
  private static final int THREADS = 4;
  private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final NodeId VOTER = NodeId.of(new byte[NodeId.BYTES]);

  private final PolicyStore voter =
      new InMemoryPolicyStore(VOTER, (policy, proposal) -> {}, System::currentTimeMillis);
  private final DirectSource source = new DirectSource(VOTER, voter);
  private final List<ScheduledExecutorService> threads = new ArrayList<>();
  private final List<FollowerPolicyStore> followers = new ArrayList<>();
  private final Random random = new Random(1);

  /** So many followers, all of which have found the voter when this returns. */
  SpreadPart(int count) throws IOException {
    for (int i = 0; i < THREADS; i++) {
      threads.add(Executors.newSingleThreadScheduledExecutor());
    }
    for (int i = 0; i < count; i++) {
      FollowerPolicyStore follower =
          new FollowerPolicyStore(
              source,
              new InMemoryFile(),
              threads.get(i % THREADS),
              System::nanoTime,
              new Random(i));
      follower.onVoters(List.of(VOTER));
      followers.add(follower);
    }
    awaitAllHave(change());
  }

  /** Keeps nothing: a follower of this process does not start again. */
  private static final class InMemoryFile implements ImageFile {
    @Override
    public Optional<byte[]> load() {
      return Optional.empty();
    }

    @Override
    public void save(byte[] encoded) {}
  }

  /** Changes one resource. */
  long change() {
    Proposal proposal =
        new Proposal(
            ProposalId.random(random),
            "mesh",
            voter.snapshot().version(),
            List.of(
                Change.put(
                    Author.key("spread"),
                    Author.body("mark-" + voter.snapshot().version()),
                    Change.ANY)),
            new Proof(Proof.By.OPERATOR, "anybody", Bytes.EMPTY, Bytes.EMPTY));
    return voter.propose(proposal).toCompletableFuture().join();
  }

  /** The longest of so many changes, each made when all followers have the one before. */
  double slowestSeconds(int changes) {
    double slowest = 0;
    for (int i = 0; i < changes; i++) {
      long started = System.nanoTime();
      long version = change();
      awaitAllHave(version);
      slowest = Math.max(slowest, (System.nanoTime() - started) / 1e9);
    }
    return slowest;
  }

  /** How many messages of policy pass, either way, in a time without changes. */
  long idleMessages(long seconds) throws InterruptedException {
    long before = source.messages();
    TimeUnit.SECONDS.sleep(seconds);
    return source.messages() - before;
  }

  private void awaitAllHave(long version) {
    long started = System.nanoTime();
    for (FollowerPolicyStore follower : followers) {
      while (follower.snapshot().version() < version) {
        if (System.nanoTime() - started > LIMIT_NANOS) {
          throw new IllegalStateException("a follower lacks version " + version);
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
  }

  @Override
  public void close() {
    followers.forEach(FollowerPolicyStore::close);
    threads.forEach(ScheduledExecutorService::shutdownNow);
  }
}
