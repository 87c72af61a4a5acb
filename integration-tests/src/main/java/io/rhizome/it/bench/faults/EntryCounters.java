// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * A node's counters at one time, as {@code GET /metrics} has them.
 *
 * @param lines of the answer
 */
record EntryCounters(List<String> lines) {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** Asks the HTTP port on loopback. */
  static EntryCounters read(int port) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
            .timeout(LIMIT)
            .GET()
            .build();
    HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    return new EntryCounters(answer.body().lines().toList());
  }

  /** Ejections of peers. */
  double ejections() {
    return sum("rhizome_ejections_total");
  }

  /** Attempts sent to peers. */
  double hops() {
    return sum("rhizome_hops_total");
  }

  /** Over all labels; {@link IllegalStateException} where the node has no such counter. */
  private double sum(String name) {
    double[] values =
        lines.stream()
            .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
            .toArray();
    if (values.length == 0 && !declares(name)) {
      throw new IllegalStateException("the node has no counter " + name);
    }
    return Arrays.stream(values).sum();
  }

  private boolean declares(String name) {
    return lines.stream().anyMatch(line -> line.startsWith("# TYPE " + name + " "));
  }
}
