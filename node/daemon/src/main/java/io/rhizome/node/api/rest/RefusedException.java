// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.ServingError;

/** A request that this node does not take as it is; the message is for the client. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  RefusedException(ErrorCode code, String message) {
    super(message);
    this.code = code;
  }

  static RefusedException tooLarge(String message) {
    return new RefusedException(ErrorCode.TOO_LARGE, message);
  }

  ServingError error() {
    return new ServingError(code, String.valueOf(getMessage()));
  }
}
