// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.node.jobs.SliceState.Phase;
import org.junit.jupiter.api.Test;

final class SliceStateTest {
  @Test
  void ofTwoThatSawTheSameOneClaimsIt() {
    SliceState first = SliceState.NEW.after(SliceChange.claim("a", SliceState.NEW)).orElseThrow();
    assertThat(first.phase()).isEqualTo(Phase.CLAIMED);
    assertThat(first.owner()).isEqualTo("a");
    assertThat(first.attempts()).isEqualTo(1);
    assertThat(first.after(SliceChange.claim("b", SliceState.NEW))).isEmpty();
  }

  @Test
  void aClaimThatWasTakenOverChangesNothingMore() {
    SliceState mine = SliceState.NEW.after(SliceChange.claim("a", SliceState.NEW)).orElseThrow();
    SliceState taken = mine.after(SliceChange.claim("b", mine)).orElseThrow();
    assertThat(taken.attempts()).isEqualTo(2);
    assertThat(taken.after(SliceChange.renew(mine))).isEmpty();
    assertThat(taken.after(SliceChange.finish(mine, 0))).isEmpty();
    assertThat(taken.after(SliceChange.release(mine))).isEmpty();
    assertThat(taken.after(SliceChange.finish(taken, 2)).orElseThrow().failed()).isEqualTo(2);
  }

  @Test
  void aSignOfLifeMovesTheBeatAndTheClaimGoesOnFromThere() {
    SliceState mine = SliceState.NEW.after(SliceChange.claim("a", SliceState.NEW)).orElseThrow();
    SliceState renewed = mine.after(SliceChange.renew(mine)).orElseThrow();
    assertThat(renewed.beat()).isGreaterThan(mine.beat());
    assertThat(renewed.after(SliceChange.claim("b", mine))).as("it lives").isEmpty();
    assertThat(renewed.after(SliceChange.finish(renewed, 0)).orElseThrow().phase())
        .isEqualTo(Phase.DONE);
  }

  @Test
  void whatIsDoneIsClaimedByNobodyUntilItIsRetried() {
    SliceState mine = SliceState.NEW.after(SliceChange.claim("a", SliceState.NEW)).orElseThrow();
    SliceState done = mine.after(SliceChange.finish(mine, 1)).orElseThrow();
    assertThat(done.after(SliceChange.claim("b", done))).isEmpty();
    SliceState open = done.after(SliceChange.retry(done)).orElseThrow();
    assertThat(open.phase()).isEqualTo(Phase.OPEN);
    assertThat(open.after(SliceChange.claim("b", open))).isPresent();
  }

  @Test
  void isStoredAsItIs() {
    SliceState claimed = new SliceState(Phase.CLAIMED, "nöde", 1L << 40, 3, 2);
    assertThat(SliceState.decode(claimed.encode())).isEqualTo(claimed);
    SliceChange change = SliceChange.finish(claimed, 7);
    assertThat(SliceChange.decode(change.encode())).isEqualTo(change);
    assertThatThrownBy(() -> SliceState.decode(new byte[30]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("format");
  }
}
