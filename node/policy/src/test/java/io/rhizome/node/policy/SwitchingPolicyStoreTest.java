// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SwitchingPolicyStoreTest {
  private final Random random = new Random(1);
  private final List<Proposal> written = new ArrayList<>();

  private static PolicyStore store() {
    return new InMemoryPolicyStore(NodeId.of(new byte[32]), (policy, proposal) -> {}, () -> 5);
  }

  private void write(PolicyStore store) {
    Proposal proposal =
        new Proposal(
            ProposalId.random(random),
            "mesh",
            store.snapshot().version(),
            List.of(Change.put(new ResourceKey("Site", "edge"), "{}", Change.ANY)),
            new Proof(Proof.By.OPERATOR, "anna", Bytes.EMPTY, Bytes.EMPTY));
    written.add(proposal);
    store.propose(proposal).toCompletableFuture().join();
  }

  @Test
  void watchersAreToldEveryVersionOnceAcrossASwitch() {
    PolicyStore first = store();
    SwitchingPolicyStore switching = new SwitchingPolicyStore(first);
    List<Long> seen = new ArrayList<>();
    switching.watch(
        0,
        new PolicyWatcher() {
          @Override
          public void onRecord(PolicyRecord record) {
            seen.add(record.version());
          }

          @Override
          public void onSnapshot(PolicySnapshot now) {
            seen.add(-now.version());
          }
        });
    write(switching);
    write(switching);
    PolicyStore second = store();
    List.copyOf(written).forEach(proposal -> second.propose(proposal).toCompletableFuture().join());
    write(second);
    switching.switchTo(second);
    write(switching);
    write(first);
    assertThat(seen).containsExactly(1L, 2L, 3L, 4L);
    assertThat(switching.snapshot().version()).isEqualTo(4);
  }

  @Test
  void whatWasShownStaysShownWhileTheNextStoreCatchesUp() {
    PolicyStore first = store();
    SwitchingPolicyStore switching = new SwitchingPolicyStore(first);
    write(switching);
    write(switching);
    PolicyStore second = store();
    switching.switchOnceCaughtUp(second, Runnable::run, () -> true);
    assertThat(switching.snapshot().version()).isEqualTo(2);

    for (Proposal proposal : List.copyOf(written)) {
      second.propose(proposal).toCompletableFuture().join();
      assertThat(switching.snapshot().version()).isEqualTo(2);
    }
    write(second);
    assertThat(switching.snapshot().version()).isEqualTo(3);
  }

  @Test
  void aStoreThatKnowsEnoughIsTakenAtOnce() {
    SwitchingPolicyStore switching = new SwitchingPolicyStore(store());
    PolicyStore second = store();
    switching.switchOnceCaughtUp(second, Runnable::run, () -> true);
    write(second);
    assertThat(switching.snapshot().version()).isEqualTo(1);
  }

  @Test
  void aStoreThatIsNoLongerWantedIsNotTaken() {
    PolicyStore first = store();
    SwitchingPolicyStore switching = new SwitchingPolicyStore(first);
    write(switching);
    PolicyStore second = store();
    AtomicBoolean wanted = new AtomicBoolean(true);
    switching.switchOnceCaughtUp(second, Runnable::run, wanted::get);

    wanted.set(false);
    write(second);
    write(second);
    assertThat(switching.snapshot().version()).isEqualTo(1);
  }
}
