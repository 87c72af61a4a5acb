// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.protocol;

/** Bytes that do not follow their format; the message says where and why. */
public final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what is wrong. */
  public MalformedException(String message) {
    super(message);
  }

  /** With what is wrong and what noticed it. */
  public MalformedException(String message, Throwable cause) {
    super(message, cause);
  }
}
