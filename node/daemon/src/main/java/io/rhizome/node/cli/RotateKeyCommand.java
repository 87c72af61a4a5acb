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
    try (PolicyView view = policy.open()) {
      long version = rotate(view);
      CommittedLine.print(
          AdmissionKind.MESH_KEY.only(),
          "rotated",
          version,
          policy.json,
          spec.commandLine().getOut());
      return 0;
    }
  }

  /** Makes a new key, whichever was there. */
  static long rotate(PolicyView view) {
    ResourceKey key = AdmissionKind.MESH_KEY.only();
    return view.propose(List.of(Change.put(key, MeshKeyBody.random(), view.version(key))));
  }
}
