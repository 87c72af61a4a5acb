// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.nio.file.Path;

/**
 * A file in a store that belongs to no model there.
 *
 * @param file its path within the store
 * @param bytes its size
 * @param kind how it came to be there
 */
public record Garbage(Path file, long bytes, Kind kind) {
  /** How a file came to belong to no model. */
  public enum Kind {
    /** It never arrived whole; another fetch of it would go on from there. */
    UNFINISHED,
    /** It turned out not to be what its name says. */
    DAMAGED,
    /** No manifest here names it. */
    UNUSED
  }
}
