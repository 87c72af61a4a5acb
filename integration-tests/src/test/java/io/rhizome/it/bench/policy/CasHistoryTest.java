// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import static io.rhizome.it.bench.policy.CasHistory.ABSENT;
import static io.rhizome.it.bench.policy.CasHistory.NEVER;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CasHistoryTest {
  private final CasHistory history = new CasHistory();

  @Test
  void acceptsWritesOneAfterTheOther() {
    history.wrote("a", ABSENT, 3, 0, 10);
    history.wrote("a", 3, 7, 20, 30);
    history.refused("a", 3, 7, 40, 50);
    history.wrote("b", ABSENT, 4, 0, 10);
    assertThat(history.fault()).isEmpty();
    assertThat(history.size()).isEqualTo(4);
  }

  @Test
  void acceptsWritesThatOverlapInEitherOrder() {
    history.wrote("a", 3, 7, 0, 50);
    history.wrote("a", ABSENT, 3, 10, 60);
    assertThat(history.fault()).isEmpty();
  }

  @Test
  void findsTwoWritesUponOneVersion() {
    history.wrote("a", ABSENT, 3, 0, 10);
    history.wrote("a", 3, 7, 20, 30);
    history.wrote("a", 3, 8, 20, 30);
    assertThat(history.fault()).get().asString().contains("took effect upon version 7");
  }

  @Test
  void findsAWriteThatIsMissing() {
    history.wrote("a", ABSENT, 3, 0, 10);
    history.wrote("a", 5, 7, 20, 30);
    assertThat(history.fault()).get().asString().contains("took effect upon version 3");
  }

  @Test
  void findsAWriteAnsweredBeforeTheOneBeforeItWasCalled() {
    history.wrote("a", 3, 7, 0, 10);
    history.wrote("a", ABSENT, 3, 20, 30);
    assertThat(history.fault()).get().asString().contains("was answered before");
  }

  @Test
  void findsAStaleRefusal() {
    history.wrote("a", ABSENT, 3, 0, 10);
    history.wrote("a", 3, 7, 20, 30);
    history.refused("a", 1, 3, 40, 50);
    assertThat(history.fault()).get().asString().contains("was answered before");
  }

  @Test
  void findsARefusalThatSawTheFuture() {
    history.wrote("a", ABSENT, 3, 0, 10);
    history.refused("a", 1, 7, 20, 30);
    history.wrote("a", 3, 7, 40, 50);
    assertThat(history.fault()).get().asString().contains("was answered before");
  }

  @Test
  void findsRefusalsThatSawTwoVersionsTheWrongWayRound() {
    history.wrote("a", ABSENT, 3, 0, 10);
    history.wrote("a", 3, 7, 20, 90);
    history.refused("a", 1, 7, 30, 40);
    history.refused("a", 1, 3, 50, 60);
    assertThat(history.fault()).get().asString().contains("was answered before");
  }

  @Test
  void letsRefusalsOfOneVersionComeInAnyOrder() {
    history.wrote("a", ABSENT, 3, 0, 10);
    history.refused("a", 1, 3, 50, 60);
    history.refused("a", 1, 3, 30, 40);
    assertThat(history.fault()).isEmpty();
  }

  @Test
  void findsARefusalForTheVersionThatWasExpected() {
    history.wrote("a", ABSENT, 3, 0, 10);
    history.refused("a", 3, 3, 20, 30);
    assertThat(history.fault()).get().asString().contains("refused for what it expected");
  }

  @Test
  void aWriteWithoutAnAnswerMayTakeEffectAtAnyLaterTime() {
    history.wrote("a", ABSENT, 3, 0, NEVER);
    history.refused("a", 5, ABSENT, 20, 30);
    history.wrote("a", 3, 7, 40, 50);
    assertThat(history.fault()).isEmpty();
  }

  @Test
  void findsOneSwappedAnswerAmongManyConcurrentCalls() {
    List<long[]> writes = new ArrayList<>();
    Random random = new Random(1);
    long version = ABSENT;
    for (int i = 0; i < 1000; i++) {
      long point = 100L * i;
      long made = version + 1 + random.nextInt(5);
      writes.add(
          new long[] {version, made, point - random.nextInt(300), point + random.nextInt(300)});
      version = made;
    }
    writes.forEach(write -> history.wrote("a", write[0], write[1], write[2], write[3]));
    assertThat(history.fault()).isEmpty();
    CasHistory swapped = new CasHistory();
    writes.get(500)[2] += 2_000;
    writes.get(500)[3] += 2_000;
    writes.forEach(write -> swapped.wrote("a", write[0], write[1], write[2], write[3]));
    assertThat(swapped.fault()).isPresent();
  }
}
