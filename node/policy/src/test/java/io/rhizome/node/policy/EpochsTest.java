// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Epochs.Standing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EpochsTest {
  private static final Bytes SIGNATURE = Bytes.of(new byte[] {7});

  private final Saved saved = new Saved();

  private static final class Saved implements ImageFile {
    Optional<byte[]> bytes = Optional.empty();
    boolean full;

    @Override
    public Optional<byte[]> load() {
      return bytes;
    }

    @Override
    public void save(byte[] encoded) throws IOException {
      if (full) {
        throw new IOException("no space left");
      }
      bytes = Optional.of(encoded);
    }
  }

  private Epochs epochs() throws IOException {
    return new Epochs("mesh", epoch -> epoch.signature().equals(SIGNATURE), saved);
  }

  private static NodeId node(int first) {
    byte[] id = new byte[NodeId.BYTES];
    id[0] = (byte) first;
    return NodeId.of(id);
  }

  private static EpochStatement signed(long number, int node) {
    return new EpochStatement("mesh", number, node(node), node(9), SIGNATURE);
  }

  @Test
  void learnsANewerEpochOnceAndKeepsItOverARestart() throws IOException {
    Epochs epochs = epochs();
    List<EpochStatement> told = new ArrayList<>();
    epochs.onNewer(told::add);

    assertThat(epochs.hear(PolicyCodec.encode(signed(1, 2)))).isEqualTo(Standing.SAME);
    assertThat(epochs.hear(PolicyCodec.encode(signed(1, 2)))).isEqualTo(Standing.SAME);

    assertThat(told).containsExactly(signed(1, 2));
    assertThat(epochs().current()).contains(signed(1, 2));
    assertThat(epochs().label()).isEqualTo("1 " + node(2));
  }

  @Test
  void whoeverKnowsLessIsOfAnOlderEpoch() throws IOException {
    Epochs epochs = epochs();
    assertThat(epochs.hear(new byte[0])).isEqualTo(Standing.SAME);
    epochs.hear(signed(2, 1));

    assertThat(epochs.hear(new byte[0])).isEqualTo(Standing.OLDER);
    assertThat(epochs.hear(signed(1, 3))).isEqualTo(Standing.OLDER);
    assertThat(epochs.current()).contains(signed(2, 1));
  }

  @Test
  void ofTwoWithTheSameNumberAllNodesBelieveTheSame() throws IOException {
    Epochs epochs = epochs();
    epochs.hear(signed(1, 2));

    assertThat(epochs.hear(signed(1, 1))).isEqualTo(Standing.OLDER);
    assertThat(epochs.hear(signed(1, 3))).isEqualTo(Standing.SAME);
    assertThat(epochs.current()).contains(signed(1, 3));
  }

  @Test
  void believesNeitherAForgedOneNorOneOfAnotherMeshNorNonsense() throws IOException {
    Epochs epochs = epochs();
    EpochStatement forged = new EpochStatement("mesh", 1, node(1), node(9), Bytes.EMPTY);
    EpochStatement others = new EpochStatement("another", 1, node(1), node(9), SIGNATURE);

    assertThat(epochs.hear(forged)).isEqualTo(Standing.UNPROVEN);
    assertThat(epochs.hear(others)).isEqualTo(Standing.UNPROVEN);
    assertThat(epochs.hear(new byte[] {1, 2, 3})).isEqualTo(Standing.UNPROVEN);
    assertThat(epochs.current()).isEmpty();
  }

  @Test
  void doesNotActOnWhatItCannotKeep() throws IOException {
    saved.full = true;
    Epochs epochs = epochs();
    assertThat(epochs.hear(signed(1, 1))).isEqualTo(Standing.UNPROVEN);
    assertThat(epochs.current()).isEmpty();
  }

  @Test
  void aDamagedFileIsAnErrorAndNoOlderEpoch() {
    saved.bytes = Optional.of(new byte[] {1});
    assertThatThrownBy(this::epochs)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void aNewEpochKeepsResourcesAndMeetsNoVersionOfTheOld() {
    ResourceKey key = new ResourceKey("Site", "edge");
    PolicySnapshot old =
        new PolicySnapshot(12, new TreeMap<>(Map.of(key, new Resource(key, 9, "{}", "x", 1))));
    PolicyImage begun =
        signed(1, 2).begin(new PolicyImage(old, List.of()), new ProposalId(1, 2), 5);

    assertThat(begun.snapshot().version()).isEqualTo(1_000_000);
    assertThat(begun.snapshot().resources()).isEqualTo(old.resources());
    assertThat(begun.records()).hasSize(1);
    assertThat(begun.records().get(0).author()).isEqualTo("operator:" + node(9));
    assertThat(signed(2, 1).begin(begun, new ProposalId(1, 3), 6).snapshot().version())
        .isEqualTo(2_000_000);
    assertThat(signed(3, 1).begin(PolicyImage.EMPTY, new ProposalId(1, 4), 7).snapshot().version())
        .isEqualTo(3_000_000);
    assertThat(PolicyCodec.image(PolicyCodec.encode(begun))).isEqualTo(begun);
  }
}
