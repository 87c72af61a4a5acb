// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import com.google.protobuf.ByteString;
import io.rhizome.it.Checkout;
import io.rhizome.it.Digits;
import io.rhizome.it.LocalMesh;
import io.rhizome.it.PortPlan;
import io.rhizome.it.Table;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** What a request costs a node over REST with binary tensors, against the same over gRPC. */
final class RestBench implements Benchmark {
  private static final int CONCURRENCY = 8;
  private static final double CPU_RATIO_AT_MOST = 2;
  private static final int LOGIT_BYTES = 40;
  private static final Comparison.Timing FULL =
      new Comparison.Timing(
          7, Duration.ofSeconds(20), Duration.ofMillis(400), Duration.ofMillis(2500));
  private static final Comparison.Timing QUICK =
      new Comparison.Timing(
          3, Duration.ofSeconds(8), Duration.ofMillis(200), Duration.ofMillis(800));
  private static final Duration CALL_LIMIT = Duration.ofSeconds(20);

  private final boolean quick;
  private final Comparison.Timing timing;
  private final int cores = Runtime.getRuntime().availableProcessors();

  RestBench(boolean quick) {
    this.quick = quick;
    this.timing = quick ? QUICK : FULL;
  }

  private interface Load {
    LoadClient.Window run(Duration leadIn, Duration window, LoadClient.Counter counter)
        throws IOException, InterruptedException;
  }

  /** One of the node's doors under the load, and what was measured of it. */
  private record Door(String name, Load load, List<Comparison.Measured> rounds) {
    Door(String name, Load load) {
      this(name, load, new ArrayList<>());
    }

    double median(ToDoubleFunction<Comparison.Measured> figure) {
      return Median.of(rounds.stream().mapToDouble(figure).toArray());
    }
  }

  @Override
  public String name() {
    return "rest";
  }

  @Override
  public List<String> method() {
    return List.of(
        "One node of a mesh of one, which holds digits; one image a request, " + CONCURRENCY,
        "calls in flight, plain text on loopback, closed loops, doors taking turns: "
            + timing.rounds()
            + " rounds of "
            + timing.window().toMillis()
            + " ms windows, medians.",
        "rest: HTTP/1.1, " + CONCURRENCY + " connections, tensors in binary both ways, JSON ahead.",
        "grpc: raw_input_contents, " + cores + " connections, as deploy/bench hop has it.",
        "CPU: user and kernel time of the node's process over the window, the model's included.",
        "cpu_ratio = rest / grpc of CPU per request; p50_ratio, rps_ratio likewise.");
  }

  @Override
  public Result run(Checkout checkout) throws IOException, InterruptedException {
    ModelInferRequest request = Digits.read(checkout.digitsTest()).rawRequest(0);
    try (LocalMesh mesh = LocalMesh.found(checkout, 1, List.of(), PortPlan.free(1, new Random()))) {
      mesh.startAll();
      mesh.pushDigits(1);
      HttpLoadClient http = http(mesh.node(1).httpPort(), request);
      try (LoadClient grpc = new LoadClient(mesh.node(1).apiPort(), cores)) {
        requireSameAnswer(http, grpc, request);
        byte[] encoded = request.toByteArray();
        Door rest =
            new Door("rest", (leadIn, window, cpu) -> http.run(CONCURRENCY, leadIn, window, cpu));
        Door plain =
            new Door(
                "grpc",
                (leadIn, window, cpu) ->
                    grpc.run(encoded, LOGIT_BYTES, CONCURRENCY, leadIn, window, cpu));
        measure(List.of(plain, rest), mesh.node(1).pid());
        return result(rest, plain);
      }
    }
  }

  private static HttpLoadClient http(int port, ModelInferRequest request) {
    ByteString pixels = request.getRawInputContents(0);
    String head =
        "{\"inputs\":[{\"name\":\"pixels\",\"shape\":[1,1,8,8],\"datatype\":\"FP32\","
            + "\"parameters\":{\"binary_data_size\":"
            + pixels.size()
            + "}}],\"outputs\":[{\"name\":\"logits\",\"parameters\":{\"binary_data\":true}}]}";
    byte[] json = head.getBytes(StandardCharsets.UTF_8);
    return new HttpLoadClient(
        port,
        "/v2/models/" + Digits.MODEL + "/infer",
        List.of("Inference-Header-Content-Length: " + json.length),
        ByteString.copyFrom(json).concat(pixels).toByteArray());
  }

  private static void requireSameAnswer(
      HttpLoadClient http, LoadClient grpc, ModelInferRequest request) throws IOException {
    ByteString logits = grpc.call(request, CALL_LIMIT).getRawOutputContents(0);
    ByteString body = ByteString.copyFrom(http.call());
    if (logits.size() != LOGIT_BYTES || !body.endsWith(logits)) {
      throw new IllegalStateException("the doors do not give the same answer");
    }
  }

  private void measure(List<Door> doors, long pid) throws IOException, InterruptedException {
    for (Door door : doors) {
      measure(door, pid, Duration.ZERO, timing.warmUp().dividedBy(doors.size()));
    }
    for (int round = 0; round < timing.rounds(); round++) {
      for (int i = 0; i < doors.size(); i++) {
        Door door = doors.get((i + round) % doors.size());
        door.rounds().add(measure(door, pid, timing.leadIn(), timing.window()));
      }
      System.out.println("round " + (round + 1) + " of " + timing.rounds() + " done");
    }
  }

  private static Comparison.Measured measure(Door door, long pid, Duration leadIn, Duration window)
      throws IOException, InterruptedException {
    LoadClient.Window seen = door.load().run(leadIn, window, () -> ProcessCounters.cpuSeconds(pid));
    return new Comparison.Measured(
        seen.latencies().quantile(0.50) / 1e3,
        seen.latencies().quantile(0.99) / 1e3,
        seen.perSecond(),
        seen.counted() * 1e6 / seen.latencies().count());
  }

  private Result result(Door rest, Door grpc) {
    Table table = new Table("door", "p50 us", "p99 us", "requests/s", "CPU us/request");
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Door door : List.of(grpc, rest)) {
      table.row(
          door.name(),
          Figure.text(door.median(Comparison.Measured::p50Micros)),
          Figure.text(door.median(Comparison.Measured::p99Micros)),
          Math.round(door.median(Comparison.Measured::perSecond)),
          Figure.text(door.median(Comparison.Measured::cpuMicros)));
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("door", door.name());
      Comparison.putAll(row, door.rounds());
      rows.add(row);
    }
    System.out.println();
    System.out.print(table);
    return new Result(
        name(),
        method(),
        quick,
        0,
        List.of(
            Figure.required(
                "cpu_ratio", ratio(rest, grpc, Comparison.Measured::cpuMicros), CPU_RATIO_AT_MOST),
            Figure.reported("p50_ratio", ratio(rest, grpc, Comparison.Measured::p50Micros)),
            Figure.reported("rps_ratio", ratio(rest, grpc, Comparison.Measured::perSecond))),
        rows);
  }

  private static double ratio(Door rest, Door grpc, ToDoubleFunction<Comparison.Measured> figure) {
    return rest.median(figure) / grpc.median(figure);
  }
}
