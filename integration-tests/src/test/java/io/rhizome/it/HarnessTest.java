// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HarnessTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  void findsPortsThatEveryNodeCanBind() {
    PortPlan plan = PortPlan.free(3, new Random(1));
    assertThat(plan.isFree(3)).isTrue();
    assertThat(plan.api(1)).isEqualTo(plan.api());
    assertThat(plan.api(3)).isEqualTo(plan.api() + 2 * plan.step());
    assertThat(plan.mesh(2)).isEqualTo(plan.mesh() + plan.step());
  }

  @Test
  void seesThatAPortIsTakenByTcp() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int mesh = taken.getLocalPort();
      assertThat(new PortPlan(PortPlan.freeTcpPort(), PortPlan.freeTcpPort(), mesh, 1).isFree(1))
          .isFalse();
    }
  }

  @Test
  void seesThatAMeshPortIsTakenByUdp() throws IOException {
    PortPlan plan = PortPlan.free(1, new Random(2));
    try (DatagramSocket taken =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), plan.mesh()))) {
      assertThat(taken.isBound()).isTrue();
      assertThat(plan.isFree(1)).isFalse();
    }
  }

  @Test
  void givesACommandsExitStatusAndWhatItPrinted() throws IOException, InterruptedException {
    Command command = sh("echo '{\"a\":1}'; echo trouble >&2; exit 3", LIMIT);
    assertThat(command.exit()).isEqualTo(3);
    assertThat(command.json().path("a").asInt()).isEqualTo(1);
    assertThat(command.err()).isEqualTo("trouble\n");
    assertThatThrownBy(command::orThrow)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended with 3")
        .hasMessageContaining("trouble");
  }

  @Test
  void killsACommandThatOutlivesItsLimit() {
    assertThatThrownBy(() -> sh("echo before; exec sleep 60", Duration.ofMillis(200)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no end within")
        .hasMessageContaining("before");
  }

  @Test
  void alignsATablesColumns() {
    Table table = new Table("name", "n").row("a", 1).row("longer", 1000);
    assertThat(table).hasToString("  name       n\n  a          1\n  longer  1000\n");
    assertThatThrownBy(() -> table.row("alone")).isInstanceOf(IllegalArgumentException.class);
  }

  private static Command sh(String script, Duration limit)
      throws IOException, InterruptedException {
    return Command.run(Path.of("."), limit, List.of("sh", "-c", script));
  }
}
