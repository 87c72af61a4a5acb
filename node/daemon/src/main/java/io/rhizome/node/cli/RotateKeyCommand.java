// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.identity.admission.AdmissionKind;
import io.rhizome.node.identity.admission.MeshKeyBody;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.ResourceKey;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rhizome rotate-key}: gossip gets a new key. */
@Command(name = "rotate-key", description = "Seal gossip with a new mesh key from now on.")
final class RotateKeyCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Override
  public Integer call() throws IOException {
    ResourceKey key = AdmissionKind.MESH_KEY.only();
    try (PolicyView view = policy.open()) {
      long version =
          view.propose(List.of(Change.put(key, MeshKeyBody.random(), view.version(key))));
      CommittedLine.print(key, "rotated", version, policy.json, spec.commandLine().getOut());
      return 0;
    }
  }
}
