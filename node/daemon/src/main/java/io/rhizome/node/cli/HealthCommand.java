// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rhizome health}: what a container's health check or a script asks. */
@Command(
    name = "health",
    description = "Succeed if a node serves; fail while it starts or drains, or is not there.")
final class HealthCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin NodeOption node = new NodeOption();

  @Override
  public Integer call() {
    try (NodeClient client = node.connect()) {
      ServingStatus status =
          client.health().check(HealthCheckRequest.getDefaultInstance()).getStatus();
      spec.commandLine().getOut().println(status);
      return status == ServingStatus.SERVING ? 0 : Main.FAILED;
    }
  }
}
