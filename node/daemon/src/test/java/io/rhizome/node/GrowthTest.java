// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Admits;
import io.rhizome.node.identity.Admitted;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GrowthTest {
  private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(60);

  @TempDir Path dir;
  private final AtomicLong now = new AtomicLong();
  private final List<NodeId> nodes = new ArrayList<>();
  private Growth growth;

  @BeforeEach
  void fiveNodes() throws Exception {
    List<Roster.Entry> entries = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      Identity identity = Identity.loadOrCreate(dir.resolve(i + ".key"));
      entries.add(Roster.Entry.of("node-" + i, identity, new TreeMap<>()));
      nodes.add(identity.nodeId());
    }
    // The last is not admitted any more.
    Admitted admitted = Admits.of(new Roster(entries.subList(0, 4), List.of()));
    growth = new Growth(admitted, GONE_NANOS, now::get);
  }

  private SortedSet<NodeId> first(int count) {
    return new TreeSet<>(nodes.subList(0, count));
  }

  private void pass(long seconds, SortedSet<NodeId> usable, SortedSet<NodeId> voters) {
    for (long i = 0; i < seconds; i++) {
      now.addAndGet(TimeUnit.SECONDS.toNanos(1));
      growth.see(usable, voters);
    }
  }

  @Test
  void asksStableNodesUntilAsManyVoteAsPolicyWants() {
    pass(10, first(4), first(1));
    assertThat(growth.next(first(1), 1)).isEmpty();
    assertThat(growth.next(first(1), 3))
        .hasValueSatisfying(step -> assertThat(step).isInstanceOf(Growth.Step.Invite.class));
    assertThat(growth.next(first(3), 3)).isEmpty();
  }

  @Test
  void asksOneThatHasNoVoteYetEachThreeSeconds() {
    pass(10, first(4), first(2));
    Optional<Growth.Step> asked = growth.next(first(2), 3);
    assertThat(asked)
        .hasValueSatisfying(step -> assertThat(step).isInstanceOf(Growth.Step.Invite.class));
    pass(2, first(4), first(2));
    assertThat(growth.next(first(2), 3)).isEmpty();
    pass(1, first(4), first(2));
    assertThat(growth.next(first(2), 3)).isEqualTo(asked);
  }

  @Test
  void aVoterThatIsGoneForLongLosesItsVoteToAnother() {
    pass(10, first(4), first(3));
    SortedSet<NodeId> left = first(4);
    left.remove(nodes.get(2));
    pass(59, left, first(3));
    assertThat(growth.next(first(3), 3)).isEmpty();
    pass(5, left, first(3));
    assertThat(growth.next(first(3), 3)).contains(new Growth.Step.Remove(nodes.get(2)));
  }

  @Test
  void aRevokedVoterLosesItsVoteAtOnce() {
    SortedSet<NodeId> voters = new TreeSet<>(List.of(nodes.get(0), nodes.get(1), nodes.get(4)));
    pass(10, first(4), voters);
    assertThat(growth.next(voters, 3)).contains(new Growth.Step.Remove(nodes.get(4)));
  }

  @Test
  void policySaysHowManyVote() {
    assertThat(VotersWanted.of(PolicySnapshot.EMPTY)).isEqualTo(3);
    ResourceKey key = new ResourceKey("Mesh", "m");
    TreeMap<ResourceKey, Resource> resources = new TreeMap<>();
    resources.put(key, new Resource(key, 1, "{\"voters\":5}", "op", 0));
    assertThat(VotersWanted.of(new PolicySnapshot(1, resources))).isEqualTo(5);
  }
}
