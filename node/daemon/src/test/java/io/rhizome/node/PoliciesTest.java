// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import static io.rhizome.node.FoundingDecisionTest.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Admits;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.policy.EpochStatement;
import io.rhizome.node.policy.Epochs;
import io.rhizome.node.policy.PolicySource;
import io.rhizome.node.policy.PolicyStatus.Role;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.raft.AtomixPolicyStore;
import io.rhizome.node.policy.raft.VoterConfig;
import io.rhizome.node.policy.raft.VoterTransport;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node with a vote hears, while it starts, that another node has begun an epoch. */
@Timeout(60)
class PoliciesTest {
  private static final NodeId SELF = node(1);
  private static final EpochStatement NEWER =
      new EpochStatement("mesh", 1, node(2), node(2), Bytes.EMPTY);
  private static final Duration SOON = Duration.ofSeconds(20);

  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final List<String> openedIn = new CopyOnWriteArrayList<>();
  @TempDir private Path directory;
  private VoterDirectory voter;

  /** It had founded policy when it stopped. */
  @BeforeEach
  void hasAVote() throws Exception {
    voter = VoterDirectory.in(directory.resolve("policy"));
    try (Policies before = policies(epochs(), blocking, () -> {})) {
      before.start();
      await().atMost(SOON).until(() -> before.store().status().role() == Role.LEADER);
    }
    assertThat(voter.exists()).isTrue();
    openedIn.clear();
  }

  @AfterEach
  void stop() {
    blocking.shutdownNow();
  }

  private Epochs epochs() throws IOException {
    return new Epochs("mesh", any -> true, new PolicyCopyFile(directory.resolve("epoch")));
  }

  private Policies policies(Epochs epochs, Executor executor, Runnable onOpening)
      throws IOException {
    PolicyPorts.VoterOpening opening =
        (path, label, beside, welcome, gone, thread) -> {
          openedIn.add(label);
          onOpening.run();
          return AtomixPolicyStore.start(
              VoterConfig.of(path, SELF, beside, welcome, gone),
              new NobodyThere(),
              (policy, proposal) -> {},
              thread,
              System::nanoTime);
        };
    return new Policies(
        directory.resolve("policy"),
        SELF,
        SELF,
        true,
        Duration.ofMinutes(1),
        new PolicyPorts(
            new NobodyAnswers(),
            opening,
            (node, voters) -> {},
            node -> CompletableFuture.failedFuture(new ConnectException("nobody")),
            epochs,
            () -> new MembershipView(SELF, 1, new TreeMap<>()),
            Admits.of(new Roster(List.of(), List.of()))),
        executor);
  }

  private void isFencedAndMayBeAskedAgain(Policies policies) {
    await().atMost(SOON).until(() -> !voter.exists() && Files.isDirectory(voter.aside()));
    assertThat(openedIn).containsExactly("");
    await().atMost(SOON).until(() -> policies.store().status().voters().equals(List.of(node(2))));
    assertThat(policies.store().status().role()).isEqualTo(Role.FOLLOWER);
    await()
        .atMost(SOON)
        .until(() -> policies.invited(node(2), List.of(node(2))) && openedIn.size() == 2);
    assertThat(openedIn).containsExactly("", NEWER.label());
  }

  @Test
  void whileItsVoterOpens() throws Exception {
    Epochs epochs = epochs();
    try (Policies policies = policies(epochs, blocking, () -> epochs.hear(NEWER))) {
      policies.start();
      isFencedAndMayBeAskedAgain(policies);
    }
  }

  @Test
  void justBeforeItsVoterOpens() throws Exception {
    Epochs epochs = epochs();
    AtomicInteger tasks = new AtomicInteger();
    Executor second =
        task -> {
          if (tasks.incrementAndGet() == 2) { // The first looks at the directory.
            epochs.hear(NEWER);
          }
          blocking.execute(task);
        };
    try (Policies policies = policies(epochs, second, () -> {})) {
      policies.start();
      isFencedAndMayBeAskedAgain(policies);
    }
  }

  private static final class NobodyThere implements VoterTransport {
    @Override
    public CompletionStage<byte[]> call(NodeId to, String subject, byte[] body, long timeout) {
      return CompletableFuture.failedFuture(new ConnectException("nobody"));
    }

    @Override
    public void serve(Handler handler) {}
  }

  private static final class NobodyAnswers implements PolicySource {
    @Override
    public Runnable follow(NodeId voter, long after, Listener listener) {
      listener.onEnd("nobody");
      return () -> {};
    }

    @Override
    public CompletionStage<Long> propose(NodeId voter, Proposal proposal) {
      return CompletableFuture.failedFuture(new ConnectException("nobody"));
    }
  }
}
