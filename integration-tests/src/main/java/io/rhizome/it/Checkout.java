// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where things lie in a checkout of this project.
 *
 * @param root the directory that holds the parent pom
 */
public record Checkout(Path root) {
  /** The checkout around the working directory; {@link IllegalStateException} if there is none. */
  public static Checkout find() {
    Path start = Path.of("").toAbsolutePath();
    for (Path at = start; at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("integration-tests/pom.xml"))) {
        return new Checkout(at);
      }
    }
    throw new IllegalStateException("no checkout of Rhizome around " + start);
  }

  /** The launcher of the built distribution. */
  public Path launcher() {
    Path built = root.resolve("node/daemon/target/rhizome/bin/rhizome");
    if (!Files.isExecutable(built)) {
      throw new IllegalStateException(
          "no built distribution at " + built + ": run `mvn -DskipTests package` first");
    }
    return root.resolve("deploy/rhizome");
  }

  /** The digits model, as TorchScript. */
  public Path digitsModel() {
    return root.resolve("deploy/models/digits.pt");
  }

  /** The held-out digits with their labels and PyTorch's own logits. */
  public Path digitsTest() {
    return root.resolve("deploy/models/digits-test.json");
  }

  /** One handwritten seven, as input of {@code rhizome infer}. */
  public Path seven() {
    return root.resolve("deploy/models/seven.json");
  }

  /** The same seven as a picture. */
  public Path sevenImage() {
    return root.resolve("deploy/models/seven.png");
  }

  /** Where benchmarks write their figures. */
  public Path results() {
    return root.resolve("integration-tests/results");
  }
}
