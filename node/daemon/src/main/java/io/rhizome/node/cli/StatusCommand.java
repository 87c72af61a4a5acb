// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.v1.StatusRequest;
import io.rhizome.v1.StatusResponse;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rhizome status}: how one node is. */
@Command(name = "status", description = "Show how a node is.")
final class StatusCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    try (NodeClient client = node.connect()) {
      StatusResponse status = client.admin().status(StatusRequest.getDefaultInstance());
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(Json.pretty(Json.of(status)));
        return 0;
      }
      Table table = new Table("node", status.getName() + " (" + status.getNodeId() + ")");
      table.row("version", status.getVersion());
      table.row("up for", upFor(Duration.ofMillis(status.getUptimeMillis())));
      table.row("addresses", "api " + status.getApiAddress() + "  mesh " + status.getMeshAddress());
      table.row("members", status.getMembersUsable() + " usable of " + status.getMembersKnown());
      table.row("engines", String.join(", ", status.getEnginesList()));
      table.row(
          "load",
          String.format(
              Locale.ROOT,
              "%d of %d in flight, queue %.2f ms, service %.2f ms",
              status.getInFlight(),
              status.getLimit(),
              status.getQueueMicros() / 1000.0,
              status.getServiceMicros() / 1000.0));
      table.row(
          "requests",
          String.format(
              Locale.ROOT,
              "%d served here, %d forwarded, %d failed, %d retries",
              status.getServed(),
              status.getForwarded(),
              status.getFailed(),
              status.getRetries()));
      table.row("memory", String.format(Locale.ROOT, "%d MiB", status.getRssBytes() >> 20));
      table.print(out);
      return 0;
    }
  }

  private static String upFor(Duration time) {
    return String.format(
        Locale.ROOT, "%dh %02dm %02ds", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
  }
}
