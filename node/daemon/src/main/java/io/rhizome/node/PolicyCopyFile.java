// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.node.policy.ImageFile;
import io.rhizome.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A follower's copy of policy, in one file. */
public record PolicyCopyFile(Path file) implements ImageFile {
  @Override
  public Optional<byte[]> load() throws IOException {
    return Files.isRegularFile(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
  }

  @Override
  public void save(byte[] encoded) throws IOException {
    DurableFiles.replace(file, encoded);
  }
}
