// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.demo;

import io.grpc.StatusRuntimeException;
import io.rhizome.it.Answers;
import io.rhizome.it.Digits;
import io.rhizome.it.LocalMesh;
import io.rhizome.it.NodeProcess;
import io.rhizome.it.SteadyLoad;
import io.rhizome.it.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A holder dies under load and comes back.
 *
 * @param answers right answers at the nodes that lived on
 * @param failures errors and wrong answers there
 * @param lost requests that failed because they had entered at the node that died
 * @param slowest the longest that any answer at a survivor took
 * @param restart how long the killed node took to be ready again
 * @param servesAgain whether it then answered from its own engine, told by nobody
 */
record Outage(
    long answers,
    long failures,
    long lost,
    Duration slowest,
    Duration restart,
    boolean servesAgain) {
  private static final int CLIENTS_AT_SURVIVOR = 2;
  private static final int CLIENTS_AT_VICTIM = 4;
  private static final int SECONDS_BEFORE = 2;
  private static final int SECONDS_DEAD = 4;
  private static final int SECONDS_AFTER = 2;
  private static final Duration RETURN_LIMIT = Duration.ofSeconds(20);
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  /** How the killed node came back. */
  private record Return(Duration restart, boolean servesAgain) {}

  /** Kills the node, goes on, restarts it; the load runs throughout. */
  static Outage of(LocalMesh mesh, Digits digits, int victim, Narrator narrator)
      throws IOException, InterruptedException {
    Map<String, SteadyLoad.Entry> survivors = new LinkedHashMap<>();
    SteadyLoad.Entry doomed;
    Return back;
    String name = mesh.node(victim).name();
    try (SteadyLoad load = new SteadyLoad(digits)) {
      for (int i = 1; i <= mesh.nodes().size(); i++) {
        if (i != victim) {
          survivors.put(
              mesh.node(i).name(), load.enter(mesh.client(i), CLIENTS_AT_SURVIVOR, false));
        }
      }
      doomed = load.enter(mesh.client(victim), CLIENTS_AT_VICTIM, true);
      narrator.step(
          "load: %d clients at each of %d nodes, %d at %s; none retries",
          CLIENTS_AT_SURVIVOR, survivors.size(), CLIENTS_AT_VICTIM, name);
      watch(survivors, SECONDS_BEFORE, narrator);
      back = killAndRestart(mesh, digits, victim, survivors, narrator);
    }
    report(survivors, name, doomed, narrator);
    return new Outage(
        answered(survivors),
        failed(survivors),
        doomed.failed(),
        survivors.values().stream()
            .map(SteadyLoad.Entry::slowest)
            .max(Duration::compareTo)
            .orElse(Duration.ZERO),
        back.restart(),
        back.servesAgain());
  }

  private static Return killAndRestart(
      LocalMesh mesh,
      Digits digits,
      int victim,
      Map<String, SteadyLoad.Entry> survivors,
      Narrator narrator)
      throws IOException, InterruptedException {
    NodeProcess node = mesh.node(victim);
    narrator.step("kill -9 %d: %s, which holds the model, is gone", node.pid(), node.name());
    node.kill();
    watch(survivors, SECONDS_DEAD, narrator);
    narrator.step("starting %s again, under the same load", node.name());
    Duration restart = mesh.restart(victim);
    narrator.line("ready after %.2f s", restart.toMillis() / 1e3);
    boolean servesAgain = servesByItself(mesh, digits, victim);
    narrator.line(
        servesAgain
            ? "it serves the model again; nobody told it to"
            : "it did not serve the model within " + RETURN_LIMIT.toSeconds() + " s");
    watch(survivors, SECONDS_AFTER, narrator);
    return new Return(restart, servesAgain);
  }

  private static void watch(Map<String, SteadyLoad.Entry> survivors, int seconds, Narrator narrator)
      throws InterruptedException {
    for (int i = 0; i < seconds; i++) {
      long before = answered(survivors);
      Thread.sleep(1000);
      narrator.line(
          "%5d answers/s, %d failed so far", answered(survivors) - before, failed(survivors));
    }
  }

  private static long answered(Map<String, SteadyLoad.Entry> survivors) {
    return survivors.values().stream().mapToLong(SteadyLoad.Entry::answered).sum();
  }

  private static long failed(Map<String, SteadyLoad.Entry> survivors) {
    return survivors.values().stream().mapToLong(SteadyLoad.Entry::failed).sum();
  }

  private static boolean servesByItself(LocalMesh mesh, Digits digits, int victim) {
    List<String> alone = List.of(mesh.node(victim).name());
    try {
      Awaitility.await()
          .atMost(RETURN_LIMIT)
          .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
          .until(
              () ->
                  Answers.nodes(mesh.client(victim).infer(digits.rawRequest(0), DEADLINE))
                      .equals(alone));
      return true;
    } catch (ConditionTimeoutException e) {
      return false;
    }
  }

  private static void report(
      Map<String, SteadyLoad.Entry> survivors,
      String victim,
      SteadyLoad.Entry doomed,
      Narrator narrator) {
    Table table = new Table("entry", "answered", "failed", "slowest ms", "by way of " + victim);
    survivors.forEach(
        (name, entry) ->
            table.row(
                name,
                entry.answered(),
                entry.failed(),
                entry.slowest().toMillis(),
                entry.paths().entrySet().stream()
                    .filter(path -> path.getKey().contains(victim))
                    .mapToLong(Map.Entry::getValue)
                    .sum()));
    narrator.text("\n" + table);
    survivors.forEach(
        (name, entry) -> entry.failures().forEach(why -> narrator.line("%s: %s", name, why)));
    narrator.line(
        "%s itself had answered %d; %d in flight through it were lost with it",
        victim, doomed.answered(), doomed.failed());
  }
}
