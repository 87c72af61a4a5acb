// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.grpc.StatusRuntimeException;
import io.rhizome.gossip.NodeId;
import io.rhizome.it.Answers;
import io.rhizome.it.Checkout;
import io.rhizome.it.LocalMesh;
import io.rhizome.it.NodeClient;
import io.rhizome.it.PortPlan;
import io.rhizome.it.bench.decision.DecisionCosts;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.v1.StatusRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.awaitility.Awaitility;

/** What one hop of the mesh costs, against a plain proxy doing the same errand. */
final class HopBench implements Benchmark {
  private static final int SMALL = 1024;
  private static final int LARGE = 600 * 1024;
  private static final Comparison.Load ONE_SMALL = new Comparison.Load(SMALL, 1);
  private static final Comparison.Load MANY_SMALL = new Comparison.Load(SMALL, 64);
  private static final Comparison.Load SOME_LARGE = new Comparison.Load(LARGE, 8);
  private static final List<Comparison.Load> LOADS =
      List.of(
          ONE_SMALL,
          new Comparison.Load(SMALL, 8),
          MANY_SMALL,
          new Comparison.Load(LARGE, 1),
          SOME_LARGE,
          new Comparison.Load(LARGE, 64));
  private static final Comparison.Timing FULL =
      new Comparison.Timing(
          5, Duration.ofSeconds(18), Duration.ofMillis(400), Duration.ofMillis(2500));
  private static final Comparison.Timing QUICK =
      new Comparison.Timing(
          2, Duration.ofSeconds(6), Duration.ofMillis(200), Duration.ofMillis(600));
  private static final Duration CALL_LIMIT = Duration.ofSeconds(5);
  private static final Duration SPREAD_LIMIT = Duration.ofSeconds(20);
  private static final int HOLDER = 1;
  private static final int OTHER = 2;

  private final boolean quick;
  private final Comparison.Timing timing;
  private final int cores = Runtime.getRuntime().availableProcessors();

  HopBench(boolean quick) {
    this.quick = quick;
    this.timing = quick ? QUICK : FULL;
  }

  @Override
  public String name() {
    return "hop";
  }

  @Override
  public List<String> method() {
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of(
            "Two nodes of one mesh; node-1 holds the echo model throughout. One closed-loop client,",
            "the same for all, 1 KB and 600 KB of FP32, 1, 8 and 64 calls in flight on at most",
            cores
                + " connections. Targets take turns: "
                + timing.rounds()
                + " rounds of "
                + timing.window().toMillis()
                + " ms windows, medians.",
            "direct: client -> node-1's public port, plain text.",
            "proxy: client -> a plain event-loop-affine grpc-java proxy in its own process, "
                + cores,
            "  event loops, JVM "
                + String.join(" ", ProxyProcess.JVM_FLAGS)
                + ", which calls node-1's"
                + " public services",
            "  over TLS 1.3 with the mesh port's provider (BoringSSL) and suite (AES-128-GCM).",
            "hop: client -> node-2's public port, which hops to node-1, all checks on.",
            "CPU: user and kernel time of the process behind the port called, over the window.",
            "p50_added_ratio = (hop - direct) / (proxy - direct) of p50 at 1 KB c=1;",
            "cpu_ratio, rps_ratio = hop / proxy of CPU per request, requests/s, at 1 KB c=64;",
            "rps_600k_ratio likewise, at 600 KB c=8."));
    lines.addAll(DecisionCosts.method());
    return lines;
  }

  @Override
  public Result run(Checkout checkout) throws IOException, InterruptedException {
    int tlsPort = PortPlan.freeTcpPort();
    try (LocalMesh mesh = LocalMesh.found(checkout, 2, List.of(), PortPlan.free(2, new Random()))) {
      mesh.node(HOLDER).start("--set", "api.tlsPort=" + tlsPort);
      mesh.node(OTHER).start();
      mesh.awaitReady();
      mesh.pushBuiltIn(HOLDER, Echo.MODEL);
      awaitPath(mesh.client(HOLDER), List.of("node-1"));
      awaitPath(mesh.client(OTHER), List.of("node-2", "node-1"));
      try (ProxyProcess proxy = new ProxyProcess(tlsPort, id(mesh.client(HOLDER)), cores)) {
        return compare(
            new Target("direct", mesh.node(HOLDER).apiPort(), mesh.node(HOLDER).pid()),
            new Target("proxy", proxy.port(), proxy.pid()),
            new Target("hop", mesh.node(OTHER).apiPort(), mesh.node(OTHER).pid()));
      }
    }
  }

  private static NodeId id(NodeClient node) {
    return NodeId.parse(
        node.admin(CALL_LIMIT).status(StatusRequest.getDefaultInstance()).getNodeId());
  }

  private static void awaitPath(NodeClient entry, List<String> path) {
    ModelInferRequest request = Echo.request(SMALL);
    Awaitility.await("an answer by way of " + path)
        .atMost(SPREAD_LIMIT)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(() -> Answers.nodes(entry.infer(request, CALL_LIMIT)).equals(path));
  }

  private Result compare(Target direct, Target proxy, Target hop)
      throws IOException, InterruptedException {
    Comparison comparison = new Comparison(timing, cores, LOADS, List.of(direct, proxy, hop));
    comparison.run();
    System.out.println();
    System.out.print(comparison.table());
    double base = comparison.median(ONE_SMALL, direct, Comparison.Measured::p50Micros);
    double added = comparison.median(ONE_SMALL, hop, Comparison.Measured::p50Micros) - base;
    double bar = comparison.median(ONE_SMALL, proxy, Comparison.Measured::p50Micros) - base;
    return new Result(
        name(),
        method(),
        quick,
        0,
        List.of(
            Figure.required("p50_added_ratio", added / bar, 1.3),
            Figure.required(
                "cpu_ratio",
                ratio(comparison, MANY_SMALL, hop, proxy, Comparison.Measured::cpuMicros),
                1.5),
            Figure.requiredAtLeast(
                "rps_ratio",
                ratio(comparison, MANY_SMALL, hop, proxy, Comparison.Measured::perSecond),
                0.8),
            Figure.requiredAtLeast(
                "rps_600k_ratio",
                ratio(comparison, SOME_LARGE, hop, proxy, Comparison.Measured::perSecond),
                0.9)),
        DecisionCosts.measure(quick),
        comparison.rows());
  }

  private static double ratio(
      Comparison comparison,
      Comparison.Load load,
      Target hop,
      Target proxy,
      ToDoubleFunction<Comparison.Measured> figure) {
    return comparison.median(load, hop, figure) / comparison.median(load, proxy, figure);
  }
}
