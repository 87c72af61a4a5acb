// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.identity.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** With whose key to prove a call that changes something. */
final class OperatorOption {
  @Option(
      names = "--operator-key",
      paramLabel = "FILE",
      defaultValue = "${env:RHIZOME_OPERATOR_KEY:-operator.key}",
      description = "The operator's key (RHIZOME_OPERATOR_KEY; default ./operator.key).")
  Path file = Path.of("operator.key");

  Identity load() throws IOException {
    if (!Files.exists(file)) {
      throw new ConfigException(
          file
              + ": no such file; this call needs an operator's key: pass --operator-key FILE or set"
              + " RHIZOME_OPERATOR_KEY (`rhizome init` wrote operator.key)");
    }
    return Identity.load(file);
  }
}
