// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.routing;

import com.google.protobuf.ByteString;
import io.rhizome.it.Checkout;
import io.rhizome.it.LocalMesh;
import io.rhizome.it.NodeClient;
import io.rhizome.it.NodeProcess;
import io.rhizome.it.OperatorKey;
import io.rhizome.it.PortPlan;
import io.rhizome.it.bench.ProcessCounters;
import io.rhizome.it.bench.Samples;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Real nodes, all of which hold a model whose requests bring their run times. For one thread. */
final class LiveMesh implements AutoCloseable {
  private static final String MODEL = "timer";

  /** Held by the first node only. */
  private static final String NEAR = "near";

  private static final int HOLDER = 1;
  private static final int OTHER = 2;
  private static final int PROBES = 300;
  private static final String HEAP = "96m";
  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(20);

  private final LocalMesh mesh;

  private LiveMesh(LocalMesh mesh) {
    this.mesh = mesh;
  }

  /** Starts it; returns when every node knows all holders. */
  static LiveMesh start(Checkout checkout, LivePlan plan) throws IOException, InterruptedException {
    PortPlan ports = PortPlan.free(plan.nodes(), new Random());
    LocalMesh mesh = LocalMesh.found(checkout, plan.nodes(), List.of(), ports);
    try {
      LiveMesh made = new LiveMesh(mesh);
      made.launch(plan);
      return made;
    } catch (Throwable e) {
      System.out.println(mesh.logTails());
      mesh.close();
      throw e;
    }
  }

  private void launch(LivePlan plan) throws IOException, InterruptedException {
    mesh.useQuickJit();
    for (NodeProcess node : mesh.nodes()) {
      node.setEnvironment("RHIZOME_HEAP", HEAP);
      node.start(
          "--set",
          "executor.workers=" + plan.workers(),
          "--set",
          "executor.queue=" + LivePlan.QUEUE_CAPACITY);
    }
    for (NodeProcess node : mesh.nodes()) {
      node.awaitReady(START_LIMIT);
    }
    mesh.awaitMembers();
    mesh.pushBuiltInAs(HOLDER, NEAR, "timer", "service_millis=0");
    mesh.pushBuiltInAs(
        HOLDER, MODEL, "timer", "service_millis=" + plan.serviceMillis(), "scale_input=x");
    mesh.awaitHolders(MODEL, 1);
    OperatorKey operator = OperatorKey.read(mesh.operatorKey());
    for (int i = HOLDER + 1; i <= plan.nodes(); i++) {
      operator.load(mesh.client(i), MODEL, CALL_LIMIT).forEachRemaining(progress -> {});
    }
    mesh.awaitHolders(MODEL, plan.nodes());
    mesh.awaitHolders(NEAR, 1);
  }

  /** The nodes' public ports, in order. */
  List<Integer> ports() {
    return mesh.nodes().stream().map(NodeProcess::apiPort).toList();
  }

  /** What a request takes longer over one hop than over none, where nothing else goes on. */
  long hopNanos() {
    return Math.max(0, fastNanos(OTHER) - fastNanos(HOLDER));
  }

  /**
   * The fastest tenth of the later half of some requests that run for no time, one after another:
   * what they take where nothing comes between.
   */
  private long fastNanos(int entry) {
    NodeClient client = mesh.client(entry);
    ModelInferRequest request = request(NEAR, 0);
    Samples samples = new Samples();
    for (int i = 0; i < PROBES; i++) {
      long start = System.nanoTime();
      var unused = client.infer(request, CALL_LIMIT);
      if (i >= PROBES / 2) {
        samples.add(System.nanoTime() - start);
      }
    }
    return Samples.merged(List.of(samples)).quantile(0.1);
  }

  /** A request that runs so many times as long as the mean. */
  static ModelInferRequest request(double times) {
    return request(MODEL, times);
  }

  private static ModelInferRequest request(String model, double times) {
    ByteBuffer data = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(0, (float) times);
    return ModelInferRequest.newBuilder()
        .setModelName(model)
        .addInputs(
            ModelInferRequest.InferInputTensor.newBuilder()
                .setName("x")
                .setDatatype("FP32")
                .addShape(1))
        .addRawInputContents(ByteString.copyFrom(data))
        .build();
  }

  /** CPU seconds that all nodes have used. */
  double cpuSeconds() throws IOException {
    double seconds = 0;
    for (NodeProcess node : mesh.nodes()) {
      seconds += ProcessCounters.cpuSeconds(node.pid());
    }
    return seconds;
  }

  @Override
  public void close() {
    mesh.close();
  }
}
