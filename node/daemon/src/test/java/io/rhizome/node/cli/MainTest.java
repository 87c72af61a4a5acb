// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.netty.NettyServerBuilder;
import io.rhizome.node.config.DirectoryLock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  @TempDir Path dir;

  @Test
  void helpAndVersionSucceed() {
    assertThat(CliRun.of("--help").status()).isZero();
    assertThat(CliRun.of("model", "push", "--help").out()).contains("--input=NAME:TYPE[DIMS]");
    assertThat(CliRun.of("version").out()).startsWith("rhizome ").doesNotContain("${");
  }

  @Test
  void wrongUsageIsStatusTwoWithAHint() {
    CliRun unknown = CliRun.of("nodez");

    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("nodez").contains("rhizome nodes");
    assertThat(CliRun.of().status()).isEqualTo(2);
    assertThat(CliRun.of("model").err()).contains("push, ls, where, show, load");
    assertThat(CliRun.of("config").err()).contains("check, show");
    assertThat(CliRun.of("infer", "digits").err())
        .contains("--input")
        .contains("try: rhizome infer --help");
    assertThat(CliRun.of("model", "load", "digits", "--version", "x").status()).isEqualTo(2);
  }

  @Test
  void whatFollowsSimIsTheSimulators() {
    assertThat(CliRun.of("sim", "list").out()).contains("one-way-link");
    assertThat(CliRun.of("sim", "run", "--help").out()).contains("rhizome sim run", "--seeds");
    assertThat(CliRun.of("sim", "run", "nothing.yaml").err())
        .startsWith("rhizome: nothing.yaml: no such file");
    assertThat(CliRun.of("sim", "run", "churn", "--seeds", "x").status()).isEqualTo(2);
    assertThat(CliRun.of("sim").status()).isEqualTo(2);
  }

  @Test
  void aNodeThatIsNotThereIsSaidInOneLine() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }

    CliRun run = CliRun.of("nodes", "--node", "127.0.0.1:" + port);

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "rhizome: cannot reach 127.0.0.1:%d; is the node up? start it with: rhizome up DIR"
                    .formatted(port)
                + " (UNAVAILABLE)\n");
    assertThat(run.out()).isEmpty();
    assertThat(CliRun.of("health", "--node", "127.0.0.1:" + port).status()).isEqualTo(1);
  }

  @Test
  void debugAddsTheStackTrace() {
    CliRun run = CliRun.of("nodes", "--node", "nonsense", "--debug");

    assertThat(run.err()).contains("at io.rhizome").contains("expected host:port");
  }

  @Test
  void aMissingOperatorKeyNamesTheFlag() {
    CliRun run = CliRun.of("model", "unload", "x", "--operator-key", dir.resolve("k").toString());

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("--operator-key FILE").contains("RHIZOME_OPERATOR_KEY");
  }

  @Test
  void upWithoutAFileSaysHowToGetOne() {
    assertThat(CliRun.of("up", dir.toString()).err())
        .isEqualTo(
            "rhizome: "
                + dir.resolve("rhizome.yaml")
                + ": no such file; `rhizome init --nodes 1 DIR` writes one to start from\n");
  }

  @Test
  void upWithAMistakeInItsFileNamesTheLine() throws Exception {
    Files.writeString(dir.resolve("rhizome.yaml"), "mesh:\n  prot: 7700\n");

    CliRun run = CliRun.of("up", dir.toString());

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .endsWith("rhizome.yaml:2: unknown key 'mesh.prot'; did you mean 'mesh.port'?\n");
  }

  @Test
  void upRefusesADirectoryThatIsInUse() throws Exception {
    Files.writeString(dir.resolve("rhizome.yaml"), "data: .\n");
    try (DirectoryLock held = DirectoryLock.acquire(dir)) {
      assertThat(held).isNotNull();

      CliRun run = CliRun.of("up", dir.toString());

      assertThat(run.status()).isEqualTo(1);
      assertThat(run.err()).contains("is in use by another node (process ");
    }
  }

  @Test
  void aPortInUseIsSaidWithTheCure() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var second =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()))
              .build();

      IOException failure = catchThrowableOfType(IOException.class, second::start);

      assertThat(Complaint.of(failure))
          .contains(":" + taken.getLocalPort())
          .contains("a port is in use: stop what listens there, or choose others, as in --set");
    }
  }
}
