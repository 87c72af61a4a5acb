// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Policy of voters that are far apart: 600 ms there and back, and every twentieth packet lost. */
final class SlowLinkIT {
  private static final int NODES = 3;
  private static final Duration ONE_WAY = Duration.ofMillis(300);
  private static final double LOSS = 0.05;
  private static final long SEED = 20261129;
  private static final int ATTEMPTS = 3;
  private static final Duration GROWN = Duration.ofMinutes(3);
  private static final Duration HERE = Duration.ofMinutes(1);
  private static final Duration WRITING = Duration.ofMinutes(1);

  @Test
  void policyIsWrittenForAMinuteOverLongAndLossyWays() throws IOException, InterruptedException {
    Optional<String> missing = SlowNetwork.missing();
    Assumptions.assumeTrue(missing.isEmpty(), missing.orElse(""));
    PortPlan ports = PortPlan.free(NODES, new Random());
    List<String> seeds = new ArrayList<>();
    for (int i = 1; i <= NODES; i++) {
      seeds.add(SlowNetwork.far(i) + ":" + ports.mesh(i));
    }
    try (SlowNetwork network = SlowNetwork.open(NODES, ONE_WAY, LOSS, SEED);
        LocalMesh mesh = LocalMesh.found(Checkout.find(), NODES, List.of(), ports)) {
      mesh.useQuickJit();
      for (int i = 1; i <= NODES; i++) {
        mesh.node(i)
            .start(
                "--set",
                "mesh.bind=" + SlowNetwork.near(i),
                "--set",
                "mesh.advertise=" + SlowNetwork.far(i),
                "--set",
                "seeds=" + String.join(",", seeds));
      }
      mesh.awaitReady();
      try {
        Awaitility.await().atMost(GROWN).until(() -> voters(mesh) == NODES);
        long term = term(mesh);
        long end = System.nanoTime() + WRITING.toNanos();
        int written = 0;
        int unanswered = 0;
        while (System.nanoTime() - end < 0) {
          unanswered += write(mesh, written % NODES + 1, written);
          written++;
        }
        System.out.printf(
            "%d writes in %d s, %d asked for again, %d packets carried, %d lost%n",
            written, WRITING.toSeconds(), unanswered, network.carried(), network.lost());
        assertThat(written).as("writes in a minute").isGreaterThanOrEqualTo(3);
        assertThat(network.lost()).as("packets lost").isPositive();
        assertThat(term(mesh)).as("no leader was given up").isEqualTo(term);
        for (int i = 1; i <= NODES; i++) {
          int node = i;
          String last = "\"region\":\"r" + (written - 1) + "\"";
          Awaitility.await().atMost(HERE).until(() -> site(mesh, node).contains(last));
        }
      } catch (Throwable e) {
        System.out.println(mesh.logTails());
        throw e;
      }
    }
  }

  private static JsonNode status(LocalMesh mesh) throws IOException, InterruptedException {
    return mesh.rhizome("policy", "status", "--json", "--node", mesh.node(1).address())
        .orThrow()
        .json();
  }

  private static int voters(LocalMesh mesh) throws IOException, InterruptedException {
    return status(mesh).get("voters").size();
  }

  private static long term(LocalMesh mesh) throws IOException, InterruptedException {
    long term = status(mesh).get("term").asLong();
    assertThat(term).isPositive();
    return term;
  }

  /**
   * Writes it, and says how often it had to ask again: a packet may be lost several times, and a
   * node that has not heard of the last write yet refuses to change what it has not seen.
   */
  private static int write(LocalMesh mesh, int node, int number)
      throws IOException, InterruptedException {
    Path file = mesh.directory().resolve("far.yaml");
    Files.writeString(
        file, "kind: Site\nname: far\nspec:\n  tier: edge\n  region: r%d\n".formatted(number));
    for (int again = 0; again < ATTEMPTS; again++) {
      Command apply = mesh.tryToOperate(node, "apply", "-f", file.toString());
      if (apply.exit() == 0) {
        return again;
      }
      assertThat(apply.err()).containsAnyOf("in time", "expected version");
    }
    throw new IllegalStateException("write %d was not answered in time".formatted(number));
  }

  private static String site(LocalMesh mesh, int node) throws IOException, InterruptedException {
    return mesh.operate(node, "get", "Site/far", "--json").out().replace(" ", "");
  }
}
