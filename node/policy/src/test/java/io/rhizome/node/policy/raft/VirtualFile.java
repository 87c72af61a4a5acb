// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;

/** A file whose forcing {@link VirtualDisks} knows of. */
public final class VirtualFile extends RandomAccessFile {
  /** As {@link RandomAccessFile#RandomAccessFile(File, String)}. */
  public VirtualFile(File file, String mode) throws IOException {
    super(opening(file), mode);
    VirtualDisks.current().opened(getFD(), file.toPath());
  }

  private static File opening(File file) {
    VirtualDisks.current().opening(file.toPath());
    return file;
  }
}
