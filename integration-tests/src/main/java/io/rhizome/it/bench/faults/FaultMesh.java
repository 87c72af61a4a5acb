// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import io.grpc.StatusRuntimeException;
import io.rhizome.it.Checkout;
import io.rhizome.it.LocalMesh;
import io.rhizome.it.NativeLibrary;
import io.rhizome.it.NodeProcess;
import io.rhizome.it.PortPlan;
import io.rhizome.it.bench.Compilers;
import io.rhizome.v1.ListModelsRequest;
import io.rhizome.v1.ModelInfo;
import io.rhizome.v1.StatusRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes: 1, the entry, which holds nothing, and 2 and 3, which hold a timer model. For one
 * thread.
 */
final class FaultMesh implements AutoCloseable {
  static final int ENTRY = 1;
  static final List<Integer> HOLDERS = List.of(2, 3);

  /** The model's name. */
  static final String MODEL = "timer";

  private static final int NODES = 3;
  private static final int CLIENTS = 8;
  private static final int SMALL_BYTES = 4;
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(30);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final double FAIR_SHARE = 0.1;

  private final Stage stage;
  private final LocalMesh mesh;
  private final PortPlan ports;
  private final @Nullable Links links;
  private final @Nullable SlowRuns slowRuns;

  private FaultMesh(
      Stage stage,
      LocalMesh mesh,
      PortPlan ports,
      @Nullable Links links,
      @Nullable SlowRuns slowRuns) {
    this.stage = stage;
    this.mesh = mesh;
    this.ports = ports;
    this.links = links;
    this.slowRuns = slowRuns;
  }

  /** Starts it; returns when the entry knows both holders. */
  static FaultMesh found(Checkout checkout, Stage stage) throws IOException, InterruptedException {
    PortPlan ports = PortPlan.free(NODES, new Random());
    Links links = stage == Stage.LINKS ? Links.open(NODES) : null;
    try {
      LocalMesh mesh = LocalMesh.found(checkout, NODES, List.of(), ports);
      try {
        SlowRuns slowRuns =
            stage == Stage.PLAIN && NativeLibrary.possible()
                ? SlowRuns.build(checkout, mesh.directory())
                : null;
        FaultMesh made = new FaultMesh(stage, mesh, ports, links, slowRuns);
        made.start();
        return made;
      } catch (Throwable e) {
        System.out.println(mesh.logTails());
        mesh.close();
        throw e;
      }
    } catch (Throwable e) {
      if (links != null) {
        links.close();
      }
      throw e;
    }
  }

  private void start() throws IOException, InterruptedException {
    for (int i = 1; i <= NODES; i++) {
      if (links != null) {
        mesh.node(i).runWithin(links.at(i));
      }
      if (slowRuns != null && i != ENTRY) {
        slowRuns.prepare(mesh.node(i));
      }
      launch(i);
    }
    mesh.awaitReady();
    awaitEntry("the members", () -> members() == NODES);
    hold(MODEL, stage.serviceMillis());
  }

  private void launch(int i) throws IOException {
    List<String> words = new ArrayList<>(List.of("--set", "executor.workers=" + stage.workers()));
    if (links != null) {
      List<String> seeds = new ArrayList<>();
      for (int j = 1; j <= NODES; j++) {
        seeds.add(links.address(j) + ":" + ports.mesh(j));
      }
      words.addAll(List.of("--set", "mesh.bind=" + links.address(i)));
      words.addAll(List.of("--set", "seeds=" + String.join(",", seeds)));
    }
    mesh.node(i).start(words.toArray(String[]::new));
  }

  /** Gives both holders one more timer model. */
  void hold(String model, int serviceMillis) throws IOException, InterruptedException {
    mesh.pushBuiltInAs(HOLDERS.get(0), model, "timer", "service_millis=" + serviceMillis);
    awaitEntry("the first holder of " + model, () -> holders(model) == 1);
    mesh.load(HOLDERS.get(1), model);
    awaitEntry("the holders of " + model, () -> holders(model) == HOLDERS.size());
  }

  private int members() {
    return mesh.client(ENTRY)
        .admin(CALL_LIMIT)
        .status(StatusRequest.getDefaultInstance())
        .getMembersUsable();
  }

  private int holders(String model) {
    return mesh
        .client(ENTRY)
        .admin(CALL_LIMIT)
        .listModels(ListModelsRequest.getDefaultInstance())
        .getModelsList()
        .stream()
        .filter(known -> known.getName().equals(model))
        .mapToInt(ModelInfo::getReadyOnCount)
        .sum();
  }

  /** Something that may be so at last. */
  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private static void awaitEntry(String what, Condition condition) {
    Awaitility.await("the entry to know " + what)
        .atMost(START_LIMIT)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(condition::holds);
  }

  /** What a row of this mesh's stage is about. */
  Stage stage() {
    return stage;
  }

  /** The entry's public port. */
  int entryPort() {
    return mesh.node(ENTRY).apiPort();
  }

  /** All nodes' names, in order. */
  List<String> names() {
    return mesh.nodes().stream().map(NodeProcess::name).toList();
  }

  NodeProcess node(int i) {
    return mesh.node(i);
  }

  /** The mesh port of a node. */
  int meshPort(int i) {
    return ports.mesh(i);
  }

  /** The network that the nodes are on. */
  Links links() {
    if (links == null) {
      throw new IllegalStateException("the stage " + stage + " has no network of its own");
    }
    return links;
  }

  /** Slows runs; empty where that cannot be done. */
  Optional<SlowRuns> slowRuns() {
    return Optional.ofNullable(slowRuns);
  }

  /** Eight clients of the entry, with small requests of the standard class. */
  ClosedLoop load(Complaints complaints) {
    return load(CLIENTS, SMALL_BYTES, complaints);
  }

  /** Clients of the entry, of the standard class. */
  ClosedLoop load(int clients, int requestBytes, Complaints complaints) {
    byte[] request = TimerRequest.encode(MODEL, requestBytes);
    return new ClosedLoop(entryPort(), names(), clients, request, "standard", complaints);
  }

  /**
   * Of the two holders, the one that answers more, over so long.
   *
   * @param load which runs
   */
  int busier(ClosedLoop load, Duration over) throws InterruptedException {
    long[] before = HOLDERS.stream().mapToLong(load::answeredBy).toArray();
    Thread.sleep(over.toMillis());
    long first = load.answeredBy(HOLDERS.get(0)) - before[0];
    long second = load.answeredBy(HOLDERS.get(1)) - before[1];
    return first >= second ? HOLDERS.get(0) : HOLDERS.get(1);
  }

  /**
   * Waits until the entry uses all nodes again and both holders answer at least a tenth of what is
   * answered, or for 30 s, of which this then tells.
   *
   * @param load which runs
   */
  void settle(ClosedLoop load) throws IOException, InterruptedException {
    long[] before = HOLDERS.stream().mapToLong(load::answeredBy).toArray();
    try {
      Awaitility.await()
          .atMost(SETTLE_LIMIT)
          .pollDelay(LOOK)
          .pollInterval(LOOK)
          .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
          .until(() -> bothAnswer(load, before) && members() == NODES);
    } catch (ConditionTimeoutException e) {
      System.out.println("  (after " + SETTLE_LIMIT.toSeconds() + " s, not both holders answer)");
      System.out.println(
          mesh.rhizome("explain", MODEL, "--node", mesh.node(ENTRY).address()).out());
    }
  }

  private static boolean bothAnswer(ClosedLoop load, long[] before) {
    long[] more = new long[before.length];
    long all = 0;
    for (int i = 0; i < before.length; i++) {
      long now = load.answeredBy(HOLDERS.get(i));
      more[i] = now - before[i];
      before[i] = now;
      all += more[i];
    }
    for (long one : more) {
      if (one <= all * FAIR_SHARE) {
        return false;
      }
    }
    return true;
  }

  /** Starts a node again that does not run, and returns when it is ready. */
  void restart(int i) throws IOException, InterruptedException {
    launch(i);
    mesh.node(i).awaitReady(START_LIMIT);
    mesh.client(i).channel().resetConnectBackoff();
  }

  /** SIGTERM: the node drains and ends, in a bounded time. */
  void drain(int i) throws InterruptedException {
    mesh.node(i).terminate();
    mesh.node(i).awaitExit(STOP_LIMIT);
  }

  /** How many requests a node says that it has in work or waiting. */
  int inFlight(int i) {
    return mesh.client(i)
        .admin(CALL_LIMIT)
        .status(StatusRequest.getDefaultInstance())
        .getInFlight();
  }

  /** What the entry's counters say. */
  EntryCounters counters() throws IOException, InterruptedException {
    return EntryCounters.read(mesh.node(ENTRY).httpPort());
  }

  /** The compilers of all nodes, and of this process. */
  Compilers compilers() throws IOException {
    return new Compilers(mesh.nodes().stream().map(NodeProcess::pid).toList());
  }

  /** The ends of the logs. */
  String logTails() {
    return mesh.logTails();
  }

  @Override
  public void close() {
    try {
      mesh.close();
    } finally {
      if (links != null) {
        links.close();
      }
    }
  }
}
