// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

/** Why bytes are not an image that is taken; the message is meant for the client. */
public final class ImageException extends Exception {
  private static final long serialVersionUID = 1L;

  ImageException(String message) {
    super(message);
  }

  ImageException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The same, saying which of a request's images it is. */
  ImageException ofImage(int index) {
    return new ImageException("image " + index + ": " + getMessage(), this);
  }
}
