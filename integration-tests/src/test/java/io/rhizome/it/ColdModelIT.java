// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A model that every node has on disk and none has loaded, in a mesh of real processes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ColdModelIT {
  private static final int NODES = 4;
  private static final int REQUESTS = 50;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String LOADS = "loading 'digits' version 1, for which a request waits";

  private Checkout checkout;
  private LocalMesh mesh;
  private Digits digits;

  @BeforeAll
  void found() throws IOException, InterruptedException {
    checkout = Checkout.find();
    digits = Digits.read(checkout.digitsTest());
    mesh = LocalMesh.found(checkout, NODES, List.of(), PortPlan.free(NODES, new Random()));
    mesh.useQuickJit();
    mesh.startAll();
    mesh.awaitMembers();
    mesh.pushDigits(1);
    mesh.awaitHolders(Digits.MODEL, 1);
    for (int i = 2; i <= NODES; i++) {
      mesh.load(i, Digits.MODEL);
    }
    mesh.awaitHolders(Digits.MODEL, NODES);
  }

  @AfterAll
  void stop() {
    mesh.close();
  }

  /** Unloads it everywhere, and returns when every node knows and would have it loaded. */
  private void unloadAndAllowLoading() throws IOException, InterruptedException {
    for (int i = 1; i <= NODES; i++) {
      mesh.operate(i, "model", "unload", Digits.MODEL);
    }
    mesh.awaitHolders(Digits.MODEL, 0);
    Path route = mesh.directory().resolve("route.yaml");
    Files.writeString(
        route, "kind: Route\nname: rare\nspec:\n  models: digits\n  loadOnDemand: true\n");
    mesh.operate(1, "apply", "-f", route.toString());
    SortedSet<String> chosen = new TreeSet<>();
    for (int i = 1; i <= NODES; i++) {
      int asked = i;
      Awaitility.await().atMost(LIMIT).until(() -> explain(asked).exit() == 0);
      Command explained = explain(asked);
      assertThat(explained.out()).contains("chosen; cold: it has to load it first");
      chosen.add(explained.json().get("chosen").asText());
    }
    assertThat(chosen).as("all would have the same node load it").hasSize(1);
  }

  private Command explain(int asked) throws IOException, InterruptedException {
    return mesh.rhizome("explain", Digits.MODEL, "--json", "--node", mesh.node(asked).address());
  }

  private ModelInferResponse infer(int entry, int image) {
    return mesh.client(entry).infer(digits.rawRequest(image), LIMIT);
  }

  private long loads() throws IOException {
    long loads = 0;
    for (NodeProcess node : mesh.nodes()) {
      loads += Files.readAllLines(node.log()).stream().filter(line -> line.contains(LOADS)).count();
    }
    return loads;
  }

  @Test
  void requestsThatEnterEverywhereAtOnceAreAnsweredByOneLoad() throws Exception {
    unloadAndAllowLoading();
    long before = loads();
    ExecutorService clients = Executors.newFixedThreadPool(REQUESTS);
    SortedSet<String> servers = new TreeSet<>();
    try {
      List<Future<ModelInferResponse>> answers = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        int image = i;
        answers.add(clients.submit(() -> infer(1 + image % NODES, image)));
      }
      for (int i = 0; i < REQUESTS; i++) {
        ModelInferResponse answer = answers.get(i).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(digits.difference(i, answer)).isLessThanOrEqualTo(SteadyLoad.TOLERANCE);
        servers.add(Answers.servedBy(answer));
      }
    } finally {
      clients.shutdownNow();
    }

    assertThat(servers).as("one node loaded it").hasSize(1);
    assertThat(loads() - before).isEqualTo(1);
    mesh.awaitHolders(Digits.MODEL, 1);
  }

  @Test
  void whereTheOnlyNodeThatHadItLoadedIsKilledTheNextLoadsIt() throws Exception {
    unloadAndAllowLoading();
    String first = Answers.servedBy(infer(1, 0));
    int killed = 1 + mesh.nodes().stream().map(NodeProcess::name).toList().indexOf(first);
    int entry = 1 + killed % NODES;
    mesh.awaitHolders(Digits.MODEL, 1);
    mesh.node(killed).kill();

    ModelInferResponse answer = infer(entry, 1);

    assertThat(digits.difference(1, answer)).isLessThanOrEqualTo(SteadyLoad.TOLERANCE);
    assertThat(Answers.servedBy(answer)).isNotEqualTo(first);
    mesh.restart(killed);
    mesh.awaitMembers();
  }
}
