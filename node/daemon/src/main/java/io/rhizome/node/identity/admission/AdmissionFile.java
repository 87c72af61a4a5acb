// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * What a node knew of who belongs when it stopped, so that it can talk to its peers before it has
 * heard from any voter. It lies in a directory that only its owner may enter, for the mesh key is
 * in it.
 */
public final class AdmissionFile {
  private static final String OWNER_ONLY = "rwx------";

  private final Path file;

  /** The file of that policy directory, which is made if it is absent. */
  public AdmissionFile(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(OWNER_ONLY));
    this.file = directory.resolve("admissions");
  }

  /** What was kept last; empty if this node never knew of a founded mesh. */
  public Optional<Admissions> load() throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Admissions.of(PolicyCodec.image(Files.readAllBytes(file)).snapshot()));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "%s is damaged (%s); delete it, and join again with: rhizome join TOKEN DIR"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /** Keeps it, forced to disk. */
  public synchronized void save(Admissions admissions) throws IOException {
    DurableFiles.replace(file, encode(admissions));
  }

  /** What {@link #load} reads. */
  public static byte[] encode(Admissions admissions) {
    return PolicyCodec.encode(new PolicyImage(admissions.policy(), List.of()));
  }
}
