// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.cli;

import io.rhizome.simulator.scenario.AnyScenario;
import io.rhizome.simulator.scenario.ScenarioException;
import io.rhizome.simulator.scenario.ScenarioReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The scenarios that come with the simulator, and those of the user. */
final class Shipped {
  /** In the order in which they are best read. */
  static final List<String> NAMES =
      List.of(
          "one-way-link",
          "partition",
          "churn",
          "mass-restart",
          "flapping",
          "dial-out-only",
          "lost-disks",
          "slow-nodes",
          "slow-half",
          "cold-start");

  private Shipped() {}

  /** The scenario in that file, or else the shipped one of that name. */
  static AnyScenario find(String file) throws IOException, ScenarioException {
    Path path = Path.of(file);
    if (Files.exists(path)) {
      return ScenarioReader.read(file, Files.readString(path));
    }
    if (!NAMES.contains(file)) {
      throw new IOException(
          file + ": no such file, and no scenario of that name; shipped are " + NAMES);
    }
    try (InputStream in = Shipped.class.getResourceAsStream("/scenarios/" + file + ".yaml")) {
      if (in == null) {
        throw new IOException(file + ".yaml is not in this build");
      }
      return ScenarioReader.read(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
