// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rhizome version}. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Properties build = new Properties();
    try (InputStream in = VersionCommand.class.getResourceAsStream("/rhizome-build.properties")) {
      if (in == null) {
        throw new IllegalStateException("rhizome-build.properties is not in this build");
      }
      build.load(in);
    }
    spec.commandLine()
        .getOut()
        .println("rhizome " + build.getProperty("version") + ", Java " + Runtime.version());
    return 0;
  }
}
