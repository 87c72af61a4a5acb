// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.rhizome.it.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Which code was measured.
 *
 * @param id of the checkout's commit, {@code unknown} outside of git
 * @param dirty whether tracked files other than results differed from it
 */
record Commit(String id, boolean dirty) {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** The commit that is checked out at {@code root}. */
  static Commit read(Path root) throws IOException, InterruptedException {
    Command head = Command.run(root, LIMIT, List.of("git", "rev-parse", "HEAD"));
    String status = "git status --porcelain --untracked-files=no -- . :!integration-tests/results";
    Command changes = Command.run(root, LIMIT, List.of(status.split(" ", -1)));
    return new Commit(
        head.exit() == 0 ? head.out().strip() : "unknown",
        changes.exit() != 0 || !changes.out().isBlank());
  }
}
