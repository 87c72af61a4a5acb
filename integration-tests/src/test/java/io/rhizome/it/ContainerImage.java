// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;

/**
 * The image that tests start containers of. It needs a Docker daemon on this machine, and either an
 * image named {@value #BASE} or root and debootstrap to make it; without them the tests that need
 * it are skipped, and say so. The project's own CI always has them.
 */
final class ContainerImage {
  private static final String BASE = "rhizome-base";
  private static final String IMAGE = "rhizome-it";
  private static final Duration LOOK_LIMIT = Duration.ofSeconds(60);
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(6);

  private ContainerImage() {}

  /** Builds it and returns its name; skips that test where it cannot be built. */
  static String build(Checkout checkout, Class<?> test) throws IOException, InterruptedException {
    assume(test, missing());
    List<String> build = List.of(checkout.root().resolve("deploy/image").toString(), IMAGE, BASE);
    Command.run(checkout.root(), BUILD_LIMIT, build).orThrow();
    return IMAGE;
  }

  /** Skips that test, aloud, if something is missing. */
  static void assume(Class<?> test, String missing) {
    if (!missing.isEmpty()) {
      System.out.println("SKIPPED " + test.getSimpleName() + ": " + missing);
    }
    Assumptions.assumeTrue(missing.isEmpty(), missing);
  }

  private static String missing() throws IOException, InterruptedException {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return "no Docker daemon answers";
    }
    Path here = Path.of("").toAbsolutePath();
    boolean based =
        Command.run(here, LOOK_LIMIT, List.of("docker", "image", "inspect", BASE)).exit() == 0;
    boolean canMake = Files.isExecutable(Path.of("/usr/sbin/debootstrap")) && isRoot();
    return based || canMake ? "" : "no image " + BASE + ", and no root and debootstrap to make it";
  }

  /** Whether this process may do everything. */
  static boolean isRoot() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }
}
