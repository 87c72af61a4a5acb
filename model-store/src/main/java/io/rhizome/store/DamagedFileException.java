// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.io.IOException;

/** A file whose bytes are not those that its manifest names; nothing may use it. */
public final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says which file, what was expected and what was found. */
  public DamagedFileException(String message) {
    super(message);
  }
}
