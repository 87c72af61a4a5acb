// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Raft's promises over random walks. {@code -Drhizome.walk.seeds=1,2,3} walks those seeds, {@code
 * -Drhizome.walk.steps=10000} that far; a seed that breaks a promise breaks it again.
 */
@Timeout(1200)
class RaftWalkTest {
  private static final int STEPS = Integer.getInteger("rhizome.walk.steps", 800);

  @TempDir private Path directory;

  private static List<Long> seeds() {
    String seeds = System.getProperty("rhizome.walk.seeds", "9,104");
    return Arrays.stream(seeds.split(",")).map(Long::parseLong).toList();
  }

  @Test
  void threeVotersKeepRaftsPromisesWhateverHappensToThem() throws Exception {
    for (long seed : seeds()) {
      RaftWalks.walk(seed, STEPS, directory.resolve(String.valueOf(seed)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "blackout",
        "compaction",
        "minority",
        "promotion",
        "second voter",
        "third voter",
        "clock an hour ahead",
        "clock an hour behind",
        "boots in 1970"
      })
  void everybodyGetsEverythingAfter(String scenario) throws Exception {
    assertThat(RaftWalks.scenario(scenario, directory)).contains("acknowledged=");
  }

  @Test
  void theSameSeedWalksTheSameWay() throws Exception {
    String once = RaftWalks.walk(5, 150, directory.resolve("once"));
    String again = RaftWalks.walk(5, 150, directory.resolve("again"));

    assertThat(again).isEqualTo(once).contains("acknowledged=");
  }
}
