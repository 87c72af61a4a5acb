// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.identity.admission.AdmissionKind;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome token delete}: nobody joins with it any more. */
@Command(name = "delete", description = "Delete a token: nobody joins with it any more.")
final class TokenDeleteCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Parameters(paramLabel = "TOKEN", description = "Its id, see: rhizome token list.")
  String id = "";

  @Override
  public Integer call() throws IOException {
    DeleteCommand.delete(
        policy,
        AdmissionKind.TOKEN.key(id),
        "there is no token " + id + "; see: rhizome token list",
        spec);
    return 0;
  }
}
