// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LeasesTest {
  private static final Slice SLICE = new Slice(new JobId("job"), 0, 0, 1);
  private static final List<String> ALL = List.of("a", "b");

  private final Leases leases = new Leases(100);

  private static SliceState claimed(String owner, long beat) {
    return new SliceState(SliceState.Phase.CLAIMED, owner, beat, 1, 0);
  }

  @Test
  void whatNobodyClaimedIsFreeAndWhatIsDoneIsNot() {
    assertThat(leases.isFree(0, SLICE, SliceState.NEW, ALL)).isTrue();
    SliceState done = new SliceState(SliceState.Phase.DONE, "a", 2, 1, 0);
    assertThat(leases.isFree(0, SLICE, done, ALL)).isFalse();
  }

  @Test
  void aClaimIsVoidOnceItShowedNoSignOfLifeForALease() {
    assertThat(leases.isFree(0, SLICE, claimed("a", 1), ALL)).isFalse();
    assertThat(leases.isFree(99, SLICE, claimed("a", 1), ALL)).isFalse();
    assertThat(leases.isFree(99, SLICE, claimed("a", 2), ALL)).isFalse();
    assertThat(leases.isFree(198, SLICE, claimed("a", 2), ALL)).isFalse();
    assertThat(leases.isFree(199, SLICE, claimed("a", 2), ALL)).isTrue();
  }

  @Test
  void theClaimOfANodeThatIsGoneIsVoidAtOnce() {
    assertThat(leases.isFree(0, SLICE, claimed("a", 1), List.of("b"))).isTrue();
  }

  @Test
  void ofAJobThatIsForgottenNothingIsKept() {
    assertThat(leases.isFree(0, SLICE, claimed("a", 1), ALL)).isFalse();
    leases.retain(Set.of());
    assertThat(leases.isFree(100, SLICE, claimed("a", 1), ALL)).as("seen anew").isFalse();
  }
}
