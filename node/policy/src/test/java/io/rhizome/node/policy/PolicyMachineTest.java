// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PolicyMachineTest {
  private static final ResourceKey DIGITS = new ResourceKey("Model", "digits");
  private static final ResourceKey EDGE = new ResourceKey("Site", "edge");

  private final Random random = new Random(1);
  private final PolicyMachine machine = new PolicyMachine(PolicyImage.EMPTY);

  private Proposal proposal(Change... changes) {
    return new Proposal(
        ProposalId.random(random),
        "mesh",
        machine.snapshot().version(),
        List.of(changes),
        new Proof(Proof.By.OPERATOR, "anna", Bytes.EMPTY, Bytes.EMPTY));
  }

  private PolicyRecord commit(Proposal proposal) {
    Decision decision = machine.decide(proposal, 1000);
    assertThat(decision).isInstanceOf(Decision.Commit.class);
    PolicyRecord record = ((Decision.Commit) decision).record();
    machine.replay(record);
    return record;
  }

  @Test
  void decidingChangesNothingAndReplayingDoes() {
    Decision decision = machine.decide(proposal(Change.put(DIGITS, "{}", Change.ABSENT)), 1000);
    assertThat(machine.snapshot()).isEqualTo(PolicySnapshot.EMPTY);
    machine.replay(((Decision.Commit) decision).record());
    assertThat(machine.snapshot().get("Model", "digits"))
        .contains(new Resource(DIGITS, 1, "{}", "operator:anna", 1000));
  }

  @Test
  void aConflictNamesWhatWasExpectedWhatWasFoundByWhomAndWhen() {
    commit(proposal(Change.put(DIGITS, "{}", Change.ABSENT)));
    Decision decision = machine.decide(proposal(Change.put(DIGITS, "{}", 7)), 2000);
    assertThat(decision)
        .isEqualTo(
            new Decision.Refused(
                PolicyException.Code.CONFLICT,
                "Model/digits: expected version 7, found 1, by operator:anna at"
                    + " 1970-01-01T00:00:01Z"));
  }

  @Test
  void changesAreCommittedAllOrNone() {
    Decision decision =
        machine.decide(
            proposal(Change.put(DIGITS, "{}", Change.ABSENT), Change.delete(EDGE, Change.ANY)), 1);
    assertThat(decision).isInstanceOf(Decision.Refused.class);
    assertThat(machine.snapshot().resources()).isEmpty();
  }

  @Test
  void aRepeatedProposalGetsTheFirstAnswer() {
    Proposal proposal = proposal(Change.put(DIGITS, "{}", Change.ANY));
    commit(proposal);
    commit(proposal(Change.put(EDGE, "{}", Change.ANY)));
    assertThat(machine.decide(proposal, 1)).isEqualTo(new Decision.Repeated(1));
  }

  @Test
  void aProposalOlderThanWhatIsRememberedIsRefused() {
    Proposal old = proposal(Change.put(DIGITS, "{}", Change.ANY));
    commit(old);
    for (int i = 0; i < PolicyLimits.MAX_RECORDS; i++) {
      commit(proposal(Change.put(EDGE, "{}", Change.ANY)));
    }
    assertThat(machine.decide(old, 1)).isInstanceOf(Decision.Refused.class);
  }

  @Test
  void tooLargeAResourceIsRefused() {
    String body = "x".repeat(PolicyLimits.MAX_BODY_BYTES + 1);
    assertThat(machine.decide(proposal(Change.put(DIGITS, body, Change.ANY)), 1))
        .isEqualTo(
            new Decision.Refused(
                PolicyException.Code.INVALID,
                "Model/digits has 32769 bytes, at most 32768 are allowed"));
  }

  @Test
  void aMachineFromAnImageDecidesAlike() {
    Proposal first = proposal(Change.put(DIGITS, "{}", Change.ANY));
    commit(first);
    commit(proposal(Change.delete(DIGITS, 1)));
    PolicyMachine other = new PolicyMachine(PolicyCodec.image(PolicyCodec.encode(machine.image())));
    assertThat(other.image()).isEqualTo(machine.image());
    assertThat(other.decide(first, 1)).isEqualTo(new Decision.Repeated(1));
  }

  @Test
  void aKindIsListedWithoutThoseWhoseNamesBeginLikeIt() {
    ResourceKey mesh = new ResourceKey("Mesh", "mesh");
    commit(
        proposal(
            Change.put(mesh, "{}", Change.ABSENT),
            Change.put(new ResourceKey("MeshKey", "mesh"), "{}", Change.ABSENT)));
    assertThat(machine.snapshot().list("Mesh")).containsOnlyKeys(mesh);
  }

  @Test
  void aGapIsNotReplayed() {
    PolicyRecord third = new PolicyRecord(3, new ProposalId(1, 2), "a", 1, List.of());
    assertThatThrownBy(() -> machine.replay(third)).hasMessage("version 3 cannot follow 0");
  }

  @Test
  void aProposalReadsAsItWasWritten() {
    Proposal proposal = proposal(Change.put(DIGITS, "{\"a\":1}", 4), Change.delete(EDGE, 2));
    assertThat(PolicyCodec.proposal(PolicyCodec.encode(proposal))).isEqualTo(proposal);
    byte[] longer = Arrays.copyOf(PolicyCodec.encode(proposal), 500);
    assertThatThrownBy(() -> PolicyCodec.proposal(longer)).hasMessageContaining("too many");
  }
}
