// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusException;
import io.rhizome.v1.UnloadModelRequest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome model unload}: stops serving a model on a node. */
@Command(name = "unload", description = "Stop serving a model on a node; its files stay.")
final class ModelUnloadCommand implements Callable<Integer> {
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
    UnloadModelRequest request =
        UnloadModelRequest.newBuilder().setName(model).setVersion(version).build();
    try (NodeClient client = target.connect()) {
      int count = client.proven(key).unloadModel(request).getUnloaded();
      spec.commandLine()
          .getOut()
          .println("unloaded " + count + " version(s) of " + model + " on " + client.address());
      return 0;
    }
  }
}
