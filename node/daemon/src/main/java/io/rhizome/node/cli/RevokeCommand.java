// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.identity.admission.AdmissionKind;
import io.rhizome.node.identity.admission.RevokedBody;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.Resource;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome revoke}: a key that belonged does not any more, and gossip gets a new key. */
@Command(
    name = "revoke",
    description =
        "Shut a node or an operator out, for ever; a new mesh key is made, which it does not get.")
final class RevokeCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Parameters(
      paramLabel = "NAME",
      description = "Of a node, or of an operator with --operator: its name or its id.")
  String name = "";

  @Option(names = "--operator", description = "It is an operator that is shut out.")
  boolean operator;

  @Option(names = "--reason", defaultValue = "", description = "For the audit.")
  String reason = "";

  @Override
  public Integer call() throws IOException {
    AdmissionKind kind = operator ? AdmissionKind.OPERATOR : AdmissionKind.NODE;
    try (PolicyView view = policy.open()) {
      Resource entry = Entries.find(view, kind, name);
      RevokedBody revoked;
      try {
        revoked = new RevokedBody(Entries.name(entry), reason);
      } catch (IllegalArgumentException e) {
        throw new ConfigException(String.valueOf(e.getMessage()), e);
      }
      view.propose(
          List.of(
              Change.delete(entry.key(), entry.version()),
              Change.put(
                  AdmissionKind.REVOKED.key(entry.key().name()), revoked.text(), Change.ABSENT)));
      // Only now that it is shut out: else it would be told the new key too.
      long version = RotateKeyCommand.rotate(view);
      CommittedLine.print(
          entry.key(), "revoked", version, policy.json, spec.commandLine().getOut());
      return 0;
    }
  }
}
