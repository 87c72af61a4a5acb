// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusException;
import io.rhizome.v1.AdminServiceGrpc.AdminServiceBlockingV2Stub;
import io.rhizome.v1.UnloadModelRequest;
import picocli.CommandLine.Command;

/** {@code rhizome model unload}: stops serving a model on a node. */
@Command(name = "unload", description = "Stop serving a model on a node; its files stay.")
final class ModelUnloadCommand extends ModelVersionsCommand {
  ModelUnloadCommand() {
    super("unloaded %d version(s) of %s on %s");
  }

  @Override
  int apply(AdminServiceBlockingV2Stub node, String model, long version) throws StatusException {
    return node.unloadModel(
            UnloadModelRequest.newBuilder().setName(model).setVersion(version).build())
        .getUnloaded();
  }
}
