// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusException;
import io.rhizome.v1.AdminServiceGrpc.AdminServiceBlockingV2Stub;
import io.rhizome.v1.RemoveModelRequest;
import picocli.CommandLine.Command;

/** {@code rhizome model rm}: deletes a model's files from a node. */
@Command(name = "rm", description = "Delete a model's files from a node that does not serve it.")
final class ModelRemoveCommand extends ModelVersionsCommand {
  ModelRemoveCommand() {
    super("removed %d version(s) of %s from %s");
  }

  @Override
  int apply(AdminServiceBlockingV2Stub node, String model, long version) throws StatusException {
    return node.removeModel(
            RemoveModelRequest.newBuilder().setName(model).setVersion(version).build())
        .getRemoved();
  }
}
