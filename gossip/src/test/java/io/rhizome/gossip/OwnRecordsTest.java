// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.authority;
import static io.rhizome.gossip.Fixtures.id;
import static io.rhizome.gossip.Fixtures.own;
import static io.rhizome.gossip.Fixtures.residencies;
import static io.rhizome.gossip.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What one node says, and what {@link OwnerRecords} of another makes of it. */
class OwnRecordsTest {
  private final OwnRecords own = own(1, 1);

  @Test
  void onlyWhatChangedIsSaidAnew() {
    assertThat(own.publish(state(1, 2))).hasSize(2);
    assertThat(own.publish(state(1, 3))).extracting(r -> r.key().model()).containsExactly("m3");
    assertThat(own.publish(state(1, 3))).isEmpty();
  }

  @Test
  void anUnloadedModelLeavesATombstone() {
    own.publish(state(1, 1));
    List<SignedRecord> said = own.publish(state(1, 0));
    assertThat(said).hasSize(1);
    assertThat(said.get(0).value().size()).isZero();
  }

  @Test
  void anotherAddressIsANewIncarnation() {
    long before = own.incarnation();
    NodeState moved =
        new NodeState(
            Fixtures.endpoint(9), Fixtures.endpoint(8), "", state(1, 0).labels(), List.of());
    assertThat(own.publish(moved)).containsExactly(own.alive());
    assertThat(own.incarnation()).isGreaterThan(before);
  }

  @Test
  void versionsOfALaterLifeAreHigher() {
    own.publish(state(1, 100));
    own.outlive(own.incarnation());
    OwnRecords next = own(1, 2);
    assertThat(next.alive().version()).isGreaterThan(own.alive().version());
    assertThat(next.announce().get(0).version()).isGreaterThan(own.incarnation() + 1_000);
  }

  @Test
  void whateverTheOrderAReceiverEndsWithTheSameRecords() {
    List<SignedRecord> said = new ArrayList<>(own.announce());
    for (int i = 0; i < 40; i++) {
      said.addAll(own.publish(with(residencies(i * 7, 20))));
    }
    OwnerRecords inOrder = receive(said);
    for (int seed = 0; seed < 20; seed++) {
      Collections.shuffle(said, new Random(seed));
      OwnerRecords shuffled = receive(said);
      assertThat(shuffled.hash()).as("seed %d", seed).isEqualTo(inOrder.hash());
      assertThat(shuffled.models()).as("seed %d", seed).isEqualTo(residencies(39 * 7, 20));
    }
  }

  @Test
  void tombstonesDoNotPileUpOverALongLife() {
    List<SignedRecord> said = new ArrayList<>(own.announce());
    for (int i = 0; i < 2_000; i++) {
      said.addAll(own.publish(with(residencies(i, 3))));
    }
    OwnerRecords received = receive(said);
    assertThat(received.size()).isLessThan(3 * OwnRecords.TOMBSTONES);
    assertThat(received.models()).isEqualTo(residencies(1_999, 3));
  }

  @Test
  void aStateThatIsTooLargeIsRefusedByName() {
    TreeMap<String, String> labels = new TreeMap<>();
    labels.put("note", "x".repeat(700));
    NodeState wordy =
        new NodeState(Fixtures.endpoint(1), Fixtures.endpoint(1), "", labels, List.of());
    assertThatThrownBy(() -> own.publish(wordy)).hasMessageContaining("labels take");
    assertThatThrownBy(() -> own.publish(with(residencies(0, 513))))
        .hasMessageContaining("models has 513 entries");
    Residency bad = new Residency("m", 1, "abc", Residency.State.READY);
    assertThatThrownBy(() -> own.publish(with(List.of(bad)))).hasMessageContaining("manifest");
    assertThatThrownBy(() -> new OwnRecords(id(1), 0, state(1, 0), authority(1)))
        .hasMessageContaining("bootEpoch");
  }

  private static NodeState with(List<Residency> models) {
    NodeState state = state(1, 0);
    return new NodeState(state.mesh(), state.api(), "", state.labels(), models);
  }

  private static OwnerRecords receive(List<SignedRecord> records) {
    OwnerRecords received = new OwnerRecords();
    for (SignedRecord record : records) {
      if (received.isNews(record)) {
        received.put(record);
      }
    }
    return received;
  }
}
