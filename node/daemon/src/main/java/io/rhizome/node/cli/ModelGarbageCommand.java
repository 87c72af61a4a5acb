// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusException;
import io.rhizome.v1.CollectGarbageRequest;
import io.rhizome.v1.CollectGarbageResponse;
import io.rhizome.v1.Garbage;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rhizome model gc}: frees what belongs to no model on a node's disk. */
@Command(
    name = "gc",
    description = {
      "Delete from a node's disk what belongs to none of its models.",
      "Models are never deleted; see `rhizome model rm`."
    })
final class ModelGarbageCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeChoice target = new NodeChoice();
  @Mixin OperatorOption operator = new OperatorOption();

  @Option(names = "--dry-run", description = "Only tell what would be deleted.")
  boolean dryRun;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() throws IOException, StatusException {
    var key = operator.load();
    try (NodeClient client = target.connect(key)) {
      CollectGarbageResponse found =
          client
              .proven(key)
              .collectGarbage(CollectGarbageRequest.newBuilder().setDryRun(dryRun).build());
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(Json.pretty(Json.of(found)));
        return 0;
      }
      if (found.getFilesCount() > 0) {
        Table table = new Table("FILE", "BYTES", "WHY");
        for (Garbage each : found.getFilesList()) {
          String why = each.getKind().toLowerCase(Locale.ROOT);
          table.row(each.getFile(), Long.toString(each.getBytes()), why);
        }
        table.print(out);
      }
      long bytes = found.getFilesList().stream().mapToLong(Garbage::getBytes).sum();
      out.println(
          "%s %d file(s), %d KiB, on %s"
              .formatted(
                  dryRun ? "would delete" : "deleted",
                  found.getFilesCount(),
                  bytes >> 10,
                  client.address()));
      return 0;
    }
  }
}
