// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.config.NodeConfig;
import io.rhizome.node.identity.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome health}: what a container's health check or a script asks. */
@Command(
    name = "health",
    description = "Succeed if a node serves; fail while it starts or drains, or is not there.")
final class HealthCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin NodeOption node = new NodeOption();

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description =
          "The directory of a node on this machine, whose configuration and key say how to ask it"
              + " (default: --node).")
  @Nullable Path dir;

  @Override
  public Integer call() throws IOException {
    try (NodeClient client = dir == null ? node.connect() : local(dir)) {
      ServingStatus status =
          client.health().check(HealthCheckRequest.getDefaultInstance()).getStatus();
      spec.commandLine().getOut().println(status);
      return status == ServingStatus.SERVING ? 0 : Main.FAILED;
    }
  }

  private static NodeClient local(Path dir) throws IOException {
    NodeConfig config =
        NodeConfig.load(
            ConfigFile.existing(dir.resolve(NodeConfig.FILE)), System.getenv(), new TreeMap<>());
    boolean anywhere = List.of("0.0.0.0", "::").contains(config.api().bind());
    Endpoint endpoint =
        new Endpoint(anywhere ? "127.0.0.1" : config.api().bind(), config.api().port());
    NodeId key =
        config.apiPlaintext()
            ? null
            : Identity.load(config.data().resolve("identity/node.key")).nodeId();
    return new NodeClient(new NodeAddress(endpoint, key), Credentials.NONE);
  }
}
