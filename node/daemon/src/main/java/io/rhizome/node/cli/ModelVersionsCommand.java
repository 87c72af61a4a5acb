// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusException;
import io.rhizome.v1.AdminServiceGrpc.AdminServiceBlockingV2Stub;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that does something to one or all versions of a model on one node. */
abstract class ModelVersionsCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeChoice target = new NodeChoice();
  @Mixin OperatorOption operator = new OperatorOption();

  @Parameters(paramLabel = "MODEL", description = "The model's name.")
  String model = "";

  @Option(names = "--version", paramLabel = "N", description = "Which version (default: all).")
  long version;

  private final String done;

  /** Says {@code done} in words, with the count, the model and the node's address to fill in. */
  ModelVersionsCommand(String done) {
    this.done = done;
  }

  /** Does it to a version, 0 for all; returns to how many. */
  abstract int apply(AdminServiceBlockingV2Stub node, String model, long version)
      throws StatusException;

  @Override
  public Integer call() throws IOException, StatusException {
    var key = operator.load();
    try (NodeClient client = target.connect(key)) {
      int count = apply(client.proven(key), model, version);
      spec.commandLine().getOut().println(done.formatted(count, model, client.address()));
      return 0;
    }
  }
}
