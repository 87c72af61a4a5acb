// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusException;
import io.rhizome.v1.RemoveModelRequest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome model rm}: deletes a model's files from a node. */
@Command(name = "rm", description = "Delete a model's files from a node that does not serve it.")
final class ModelRemoveCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeChoice target = new NodeChoice();
  @Mixin OperatorOption operator = new OperatorOption();

  @Parameters(paramLabel = "MODEL", description = "The model's name.")
  String model = "";

  @Option(names = "--version", paramLabel = "N", description = "Which version (default: all).")
  long version;

  @Override
  public Integer call() throws IOException, StatusException {
    var key = operator.load();
    RemoveModelRequest request =
        RemoveModelRequest.newBuilder().setName(model).setVersion(version).build();
    try (NodeClient client = target.connect()) {
      int count = client.proven(key).removeModel(request).getRemoved();
      spec.commandLine()
          .getOut()
          .println("removed " + count + " version(s) of " + model + " from " + client.address());
      return 0;
    }
  }
}
