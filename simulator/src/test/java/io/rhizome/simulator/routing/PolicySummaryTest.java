// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class PolicySummaryTest {
  @Test
  void differencesAreTakenSeedBySeed() {
    List<PolicyRun> first = List.of(run("a", 1, 100, 0), run("a", 2, 300, 0));
    List<PolicyRun> second = List.of(run("b", 1, 110, 5), run("b", 2, 312, 0));

    PolicySummary summary = PolicySummary.of(first, second);

    assertThat(summary.policy()).isEqualTo("b");
    assertThat(summary.p99Millis().mean()).isEqualTo(211);
    assertThat(summary.p99Beyond().mean()).isEqualTo(11);
    assertThat(summary.p99Beyond().half())
        .as("what seeds do to both is not in it")
        .isCloseTo(12.706, within(1e-9));
    assertThat(summary.failedPercent().mean()).isEqualTo(0.25);
  }

  @Test
  void onlyTheSameSeedsCanBeCompared() {
    assertThatThrownBy(
            () -> PolicySummary.of(List.of(run("a", 1, 1, 0)), List.of(run("b", 2, 1, 0))))
        .hasMessageContaining("seeds [2] against [1]");
  }

  private static PolicyRun run(String policy, long seed, double p99, long failed) {
    return new PolicyRun(policy, seed, 1_000, failed, p99 / 2, p99 / 2, p99, 0);
  }
}
