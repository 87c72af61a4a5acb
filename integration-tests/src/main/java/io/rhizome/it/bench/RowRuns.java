// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the experiments of a benchmark and keeps what they found. For one thread. */
public final class RowRuns {
  private static final int AT_A_TIME = 2;

  private final RowProcess processes;
  private final boolean quick;
  private final long seed;
  private final Map<String, Double> readings = new LinkedHashMap<>();
  private final List<Map<String, Object>> rows = new ArrayList<>();

  /** Nothing found yet. */
  public RowRuns(RowProcess processes, boolean quick, long seed) {
    this.processes = processes;
    this.quick = quick;
    this.seed = seed;
  }

  /** Runs these, two at a time. */
  public void together(List<String> names) throws IOException, InterruptedException {
    ExecutorService workers = Executors.newFixedThreadPool(AT_A_TIME);
    try {
      Map<String, Future<Map<String, Double>>> ends = new LinkedHashMap<>();
      for (String name : names) {
        ends.put(name, workers.submit(() -> processes.run(name, quick, seed, false)));
      }
      for (Map.Entry<String, Future<Map<String, Double>>> end : ends.entrySet()) {
        keep(end.getKey(), end.getValue().get());
      }
    } catch (ExecutionException e) {
      throw new IOException("an experiment did not start or end", e.getCause());
    } finally {
      workers.shutdownNow();
    }
  }

  /** Runs that one with nothing beside it, on one core, in such a JVM. */
  public void alone(String name, RowProcess process) throws IOException, InterruptedException {
    keep(name, process.run(name, quick, seed, true));
  }

  /** Keeps what one found that ran elsewhere. */
  public void add(String name, Map<String, Double> found) {
    keep(name, found);
  }

  private void keep(String name, Map<String, Double> found) {
    found.forEach(
        (reading, value) -> {
          if (readings.putIfAbsent(reading, value) != null) {
            throw new IllegalStateException("two experiments have a reading named " + reading);
          }
        });
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("experiment", name);
    row.putAll(found);
    rows.add(row);
  }

  /** All readings by name. */
  public Map<String, Double> readings() {
    return Collections.unmodifiableMap(readings);
  }

  /** The readings of each experiment, with its name. */
  public List<Map<String, Object>> rows() {
    return Collections.unmodifiableList(rows);
  }
}
