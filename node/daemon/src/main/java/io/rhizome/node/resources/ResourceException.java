// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

/** YAML that is no resource; the message says in which file and line, what and the cure. */
public final class ResourceException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** A complaint in one line, meant for the person who can change the file. */
  public ResourceException(String message) {
    super(message);
  }

  /** The same, with what caused it. */
  public ResourceException(String message, Throwable cause) {
    super(message, cause);
  }
}
