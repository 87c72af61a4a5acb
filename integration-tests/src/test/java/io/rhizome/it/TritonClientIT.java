// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static io.rhizome.it.SharedMesh.CONTROLLED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Triton's stock clients for Python, gRPC and HTTP, against a node that does not hold the model.
 * {@code RHIZOME_TRITON_PYTHON} names a Python that has {@code tritonclient[grpc,http]}; without it
 * the test is skipped, and says so. The project's own CI always sets it.
 */
@ExtendWith(SharedMesh.class)
final class TritonClientIT {
  private static final String PYTHON = "RHIZOME_TRITON_PYTHON";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @BeforeAll
  static void needsAPythonWithTheClient() {
    if (System.getenv(PYTHON) == null) {
      System.out.println("SKIPPED TritonClientIT: " + PYTHON + " names no Python");
    }
    Assumptions.assumeTrue(System.getenv(PYTHON) != null, PYTHON + " names no Python");
  }

  @Test
  void aStockTritonClientGetsPyTorchsAnswersThroughAnyNode(LocalMesh mesh) throws Exception {
    Checkout checkout = Checkout.find();
    Path script = checkout.root().resolve("integration-tests/src/test/python/triton_client.py");
    Command client =
        Command.run(
                checkout.root(),
                LIMIT,
                List.of(
                    String.valueOf(System.getenv(PYTHON)),
                    script.toString(),
                    mesh.node(CONTROLLED).address(),
                    "127.0.0.1:" + mesh.node(CONTROLLED).httpPort(),
                    checkout.digitsTest().toString()))
            .orThrow();
    System.out.print(client.out());
    assertThat(client.out()).contains("triton client: all as expected");
  }
}
