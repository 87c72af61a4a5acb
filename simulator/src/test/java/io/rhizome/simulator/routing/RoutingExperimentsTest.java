// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rhizome.simulator.experiment.Experiment;
import io.rhizome.simulator.experiment.Reading;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutingExperimentsTest {
  @Test
  void queuesTakeAsLongAsTheFormulasSay() {
    Map<String, Double> found =
        run(new QueueingExperiment(new QueueingExperiment.Plan(50, 300, 2_000, 1)));

    assertThat(found.get("mm1")).isCloseTo(10, within(2.0));
    assertThat(found.get("mm4")).isCloseTo(QueueingExperiment.erlang(4), within(0.5));
    assertThat(found.get("two_t0")).isCloseTo(2.66, within(0.2));
    assertThat(found.get("two_t10")).isCloseTo(5.05, within(0.4));
    assertThat(found.get("least_t10_events")).isCloseTo(found.get("least_t10_chain"), within(2.0));
  }

  @Test
  void formulaOfErlangIsThatOfOneServerForOne() {
    assertThat(QueueingExperiment.erlang(1)).isCloseTo(10, within(1e-9));
    assertThat(QueueingExperiment.erlang(2)).isCloseTo(1 / (1 - 0.81), within(1e-9));
  }

  @Test
  void nothingGetsWhereItMustNotNorTurnsInCirclesNorEndsLate() {
    Experiment experiment = new WildExperiment(new WildExperiment.Plan(33, 60));

    Map<String, Double> found = run(experiment);

    assertThat(found)
        .containsEntry("forbidden", 0.0)
        .containsEntry("loops", 0.0)
        .containsEntry("late", 0.0)
        .containsEntry("wild_twice", 0.0);
    assertThat(found.get("wild_answered")).isGreaterThan(500);
    assertThat(found.get("wild_relayed")).isPositive();
    assertThat(run(experiment)).as("the same seed again").isEqualTo(found);
  }

  @Test
  void aMeanOverSeedsHasItsInterval() {
    Interval interval = Interval.of(List.of(1.0, 2.0, 3.0));

    assertThat(interval.mean()).isEqualTo(2);
    assertThat(interval.half()).isCloseTo(4.303 / StrictMath.sqrt(3), within(1e-9));
    assertThat(interval.isBelow(new Interval(6, 1))).isTrue();
    assertThat(interval.isBelow(new Interval(5, 1))).isFalse();
  }

  @Test
  void anIntervalOverThirtySeedsIsStudents() {
    List<Double> values = new ArrayList<>(Collections.nCopies(15, 1.0));
    values.addAll(Collections.nCopies(15, 3.0));

    double deviation = StrictMath.sqrt(30.0 / 29);
    assertThat(Interval.of(values).half())
        .isCloseTo(2.045 * deviation / StrictMath.sqrt(30), within(1e-9));
  }

  @Test
  void eachExperimentHasANameAndAPlanForAGlance() {
    for (String name : RoutingCatalogue.NAMES) {
      assertThat(RoutingCatalogue.experiment(name, true)).isNotNull();
      assertThat(RoutingCatalogue.experiment(name, false)).isNotNull();
    }
  }

  private static Map<String, Double> run(Experiment experiment) {
    Map<String, Double> found = new LinkedHashMap<>();
    for (Reading reading : experiment.run(1, line -> {})) {
      found.put(reading.name(), reading.value());
    }
    return found;
  }
}
