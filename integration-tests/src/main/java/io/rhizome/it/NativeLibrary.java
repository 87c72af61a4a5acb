// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Libraries in C that a node's process is started with, so that faults come from outside of it. */
public final class NativeLibrary {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private NativeLibrary() {}

  /** Whether there is a C compiler, {@code cc}, without which none can be built. */
  public static boolean possible() throws InterruptedException {
    try {
      return Command.run(Path.of("."), LIMIT, List.of("cc", "--version")).exit() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Builds the one of that name ({@code src/main/native/NAME.c}) in a directory. */
  public static Path build(Checkout checkout, String name, Path directory)
      throws IOException, InterruptedException {
    Path library = directory.resolve(name + ".so");
    Path source = checkout.root().resolve("integration-tests/src/main/native/" + name + ".c");
    List<String> words =
        List.of(
            "cc", "-O2", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl");
    Command.run(directory, LIMIT, words).orThrow();
    return library;
  }
}
