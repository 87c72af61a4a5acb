// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.identity.MeshKey;
import io.rhizome.node.identity.Roster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of who belongs when it starts.
 *
 * @param known who belongs
 * @param founding what to found, where this is one of the first nodes and has not heard yet that
 *     the mesh is founded
 */
public record Belonging(Admissions known, @Nullable Founding founding) {
  /**
   * What it knew when it stopped; at its first start what its files say.
   *
   * @throws ConfigException where there is neither
   */
  public static Belonging load(AdmissionFile file, Path roster, Path meshKey) throws IOException {
    Optional<Admissions> kept = file.load();
    if (kept.isPresent()) {
      return new Belonging(kept.get(), null);
    }
    if (!Files.exists(roster)) {
      throw new ConfigException(
          roster
              + ": no such file, and this node belongs to no mesh yet; found one with `rhizome init`,"
              + " or join one with `rhizome join TOKEN DIR`");
    }
    Founding founding = Founding.of(Roster.load(roster), MeshKey.load(meshKey));
    return new Belonging(Admissions.of(founding.policy()), founding);
  }
}
