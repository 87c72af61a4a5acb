// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.node.jobs.Placement.Objective;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PlacementConditionsTest {
  private static final Optional<Window> NIGHT =
      Optional.of(Window.parse("22:00-06:00 Europe/Rome"));

  private Instant now = Instant.parse("2026-07-01T12:00:00Z");
  private boolean onMains;
  private final Conditions conditions = new PlacementConditions("node-1", () -> now, () -> onMains);

  private static Job job(Placement placement) {
    JobId id = new JobId("a");
    return new Job(
        new JobSpec(id, "", "digits", 0, 0, Duration.ofDays(7), JobSource.UNKNOWN, placement),
        1,
        0);
  }

  @Test
  void aJobThatWantsNothingRunsAtAnyHourAndOnAnyPower() {
    assertThat(conditions.whyNot(job(Placement.ANY))).isEmpty();
  }

  @Test
  void itemsWaitWhileTheWindowIsShut() {
    Job job = job(new Placement(Objective.COST, NIGHT, false));

    assertThat(conditions.whyNot(job)).contains("its window 22:00-06:00 Europe/Rome is shut");
    now = Instant.parse("2026-07-01T20:00:00Z");
    assertThat(conditions.whyNot(job)).isEmpty();
    now = Instant.parse("2026-07-02T04:00:00Z");
    assertThat(conditions.whyNot(job)).isPresent();
  }

  @Test
  void itemsThatWantMainsWaitWhileTheNodeIsOnBattery() {
    Job job = job(new Placement(Objective.LATENCY, Optional.empty(), true));

    assertThat(conditions.whyNot(job))
        .contains("it waits for nodes on mains power; node-1 is on battery");
    onMains = true;
    assertThat(conditions.whyNot(job)).isEmpty();
    onMains = false;
    assertThat(conditions.whyNot(job)).isPresent();
  }

  @Test
  void ofTwoConditionsBothMustHold() {
    Job job = job(new Placement(Objective.LATENCY, NIGHT, true));
    Conditions busy = any -> Optional.of("another site does it");

    assertThat(conditions.and(busy).whyNot(job))
        .contains("its window 22:00-06:00 Europe/Rome is shut");
    now = Instant.parse("2026-07-01T22:00:00Z");
    assertThat(conditions.whyNot(job))
        .contains("it waits for nodes on mains power; node-1 is on battery");
    onMains = true;
    assertThat(conditions.and(busy).whyNot(job)).contains("another site does it");
    assertThat(busy.and(conditions).whyNot(job)).contains("another site does it");
    assertThat(conditions.and(Conditions.NONE).whyNot(job)).isEmpty();
  }
}
