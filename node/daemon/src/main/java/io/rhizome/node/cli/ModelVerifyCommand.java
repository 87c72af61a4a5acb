// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusException;
import io.rhizome.v1.VerifiedFile;
import io.rhizome.v1.VerifyModelsRequest;
import io.rhizome.v1.VerifyModelsResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code rhizome model verify}: has a node read its files through and repair them; exit status 1
 * where any is still damaged.
 */
@Command(
    name = "verify",
    description = "Compare a node's model files with their digests; repair them from its peers.")
final class ModelVerifyCommand implements Callable<Integer> {
  private static final String DAMAGED = "DAMAGED";

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeChoice target = new NodeChoice();
  @Mixin OperatorOption operator = new OperatorOption();

  @Parameters(arity = "0..1", paramLabel = "MODEL", description = "Which model (default: all).")
  String model = "";

  @Option(names = "--version", paramLabel = "N", description = "Which version (default: all).")
  long version;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() throws IOException, StatusException {
    var key = operator.load();
    VerifyModelsRequest request =
        VerifyModelsRequest.newBuilder().setName(model).setVersion(version).build();
    try (NodeClient client = target.connect(key)) {
      VerifyModelsResponse verified = client.proven(key).verifyModels(request);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(Json.pretty(Json.of(verified)));
      } else {
        print(verified, out);
      }
      return verified.getFilesList().stream().anyMatch(file -> file.getState().equals(DAMAGED))
          ? Main.FAILED
          : 0;
    }
  }

  private static void print(VerifyModelsResponse verified, PrintWriter out) {
    Table table = new Table("MODEL", "VERSION", "FILE", "BYTES", "STATE", "REASON");
    for (VerifiedFile each : verified.getFilesList()) {
      table.row(
          each.getModel(),
          Long.toString(each.getVersion()),
          each.getFile().getName(),
          Long.toString(each.getFile().getBytes()),
          each.getState().toLowerCase(Locale.ROOT),
          each.getReason());
    }
    table.print(out);
  }
}
