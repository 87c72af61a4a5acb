// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Small disks for tests, which are skipped where none can be mounted. */
final class MountedDisk {
  private MountedDisk() {}

  /**
   * Mounts one with those options of tmpfs; where none can be, the mesh is closed and the test
   * skipped, and says so.
   */
  static SmallDisk orSkip(Path directory, String options, LocalMesh mesh)
      throws IOException, InterruptedException {
    try {
      return SmallDisk.mount(directory, options);
    } catch (IllegalStateException e) {
      mesh.close();
      String reason = "SKIPPED: " + e.getMessage();
      System.out.println(reason);
      return Assumptions.abort(reason);
    }
  }
}
