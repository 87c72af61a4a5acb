// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.config;

/** A file, variable or flag that cannot be used; the message says where, what and the cure. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A complaint in one line, meant for the person who can change the file. */
  public ConfigException(String message) {
    super(message);
  }

  /** The same, with what caused it. */
  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
