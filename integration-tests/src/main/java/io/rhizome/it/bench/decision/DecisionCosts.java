// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.decision;

import io.rhizome.it.bench.Figure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link DecisionCost} in JVMs of its own and says what came of it. */
public final class DecisionCosts {
  private static final double MOST_MICROS = 3;
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private DecisionCosts() {}

  /** How it measures. */
  public static List<String> method() {
    return List.of(
        "decision: hot_cold alone on one thread, JMH, 100 and 1,000 holders; route: the decision;",
        "  cycle: with what is told of it and of two holders' loads; idle: one tick.");
  }

  /** Measures, for a minute or two; {@link IllegalStateException} where that failed. */
  public static List<Figure> measure(boolean quick) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(DecisionCost.class.getName() + "\\.")
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    if (quick) {
      options
          .forks(1)
          .warmupTime(TimeValue.milliseconds(500))
          .measurementTime(TimeValue.milliseconds(300));
    }
    try {
      return figures(new Runner(options.build()).run());
    } catch (RunnerException e) {
      throw new IllegalStateException("the decision's cost was not measured: " + e, e);
    }
  }

  private static List<Figure> figures(Collection<RunResult> results) {
    List<Figure> figures = new ArrayList<>();
    for (RunResult result : results) {
      String what = result.getPrimaryResult().getLabel();
      String name = what + "_" + result.getParams().getParam("holders");
      double micros = result.getPrimaryResult().getScore();
      figures.add(
          what.equals("idle")
              ? Figure.reported(name + "_us", micros)
              : Figure.required(name + "_us", micros, MOST_MICROS));
      result.getSecondaryResults().values().stream()
          .filter(one -> one.getLabel().toLowerCase(Locale.ROOT).endsWith(ALLOCATED))
          .mapToDouble(one -> one.getScore())
          .forEach(bytes -> figures.add(Figure.reported(name + "_bytes", bytes)));
    }
    return figures;
  }
}
